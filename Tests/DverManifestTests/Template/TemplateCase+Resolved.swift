/// Cases that resolve; each was held against DVC's resolver.
extension TemplateCase {
  static let resolved: [TemplateCase] = [
    TemplateCase(
      "keepsTypesOfLoneTemplates",
      #"""
      stages:
        a:
          cmd: run
          meta: ['${i}', '${f}', '${b}', '${n}', '${s}', '${inf}', 'x${i}', 'x${f}', 'x${b}', 'x${n}', 'x${inf}']
      """#,
      files: ["params.yaml": "i: 3\nf: 1e-5\nb: true\nn:\ns: '7'\ninf: .inf\n"],
      expected: #"""
        {"file": "dver.yaml", "vars": {"i": 3, "f": 1e-05, "b": true, "n": null, "s": "7", "inf": ".inf"}, "stages": {"a": {"cmd": "run", "meta": [3, 1e-05, true, null, "7", ".inf", "x3", "x1e-05", "xtrue", "xNone", "xinf"]}}, "tracked": {"a": {"params.yaml": {"i": 3, "f": 1e-05, "b": true, "n": null, "s": "7", "inf": ".inf"}}}, "params": [], "metrics": [], "plots": [], "artifacts": {}, "datasets": []}
        """#),
    TemplateCase(
      "printsFloatsAsPython",
      #"""
      stages:
        a:
          cmd: r ${a} ${b} ${c} ${d} ${e}
      """#,
      files: ["params.yaml": "a: 30000.0\nb: 1e16\nc: 0.0001\nd: 1.0e-5\ne: 123456789.125\n"],
      expected: #"""
        {"file": "dver.yaml", "vars": {"a": 30000.0, "b": 1e+16, "c": 0.0001, "d": 1e-05, "e": 123456789.125}, "stages": {"a": {"cmd": "r 30000.0 1e+16 0.0001 1e-05 123456789.125"}}, "tracked": {"a": {"params.yaml": {"a": 30000.0, "b": 1e+16, "c": 0.0001, "d": 1e-05, "e": 123456789.125}}}, "params": [], "metrics": [], "plots": [], "artifacts": {}, "datasets": []}
        """#),
    TemplateCase(
      "readsPathsInEveryForm",
      #"""
      stages:
        a:
          cmd: ${m.k} ${m[k]} ${ m . k } ${l[0]} ${l.1} ${l[-1]} ${l[ 1 ]} ${m[n].x}
      """#,
      files: ["params.yaml": "m: {k: 1, n: {x: y}}\nl: [p, q]\n"],
      expected: #"""
        {"file": "dver.yaml", "vars": {"m": {"k": 1, "n": {"x": "y"}}, "l": ["p", "q"]}, "stages": {"a": {"cmd": "1 1 1 p q q q y"}}, "tracked": {"a": {"params.yaml": {"m.k": 1, "l.0": "p", "l.1": "q", "m.n.x": "y"}}}, "params": [], "metrics": [], "plots": [], "artifacts": {}, "datasets": []}
        """#),
    TemplateCase(
      "escapesTemplates",
      #"""
      stages:
        a:
          cmd: \${x} ${x} $${x} \\${x} ${ $x
          desc: \${x}
      """#,
      files: ["params.yaml": "x: v\n"],
      expected: #"""
        {"file": "dver.yaml", "vars": {"x": "v"}, "stages": {"a": {"cmd": "${x} v $v \\${x} ${ $x", "desc": "${x}"}}, "tracked": {"a": {"params.yaml": {"x": "v"}}}, "params": [], "metrics": [], "plots": [], "artifacts": {}, "datasets": []}
        """#),
    TemplateCase(
      "leavesTemplatesOverLinesAlone",
      #"""
      stages:
        a:
          cmd: "${x\n} ${x}"
      """#,
      files: ["params.yaml": "x: v\n"],
      expected: #"""
        {"file": "dver.yaml", "vars": {"x": "v"}, "stages": {"a": {"cmd": "${x\n} v"}}, "tracked": {"a": {"params.yaml": {"x": "v"}}}, "params": [], "metrics": [], "plots": [], "artifacts": {}, "datasets": []}
        """#),
    TemplateCase(
      "unpacksMapsIntoFlags",
      #"""
      stages:
        a:
          cmd: python t.py ${d}
        b:
          cmd: ['python t.py ${d} end', '${d}']
      """#,
      files: [
        "params.yaml":
          "d: {foo: foo, n: 2, s: spaced text, q: \"it's\", e: '', t: true, f: false, l: [1, 2, a b, true, null], none: , nest: {a: {b: 1.5}, empty: {}}, el: []}\n"
      ],
      expected: #"""
        {"file": "dver.yaml", "vars": {"d": {"foo": "foo", "n": 2, "s": "spaced text", "q": "it's", "e": "", "t": true, "f": false, "l": [1, 2, "a b", true, null], "none": null, "nest": {"a": {"b": 1.5}, "empty": {}}, "el": []}}, "stages": {"a": {"cmd": "python t.py --foo foo --n 2 --s 'spaced text' --q 'it'\"'\"'s' --e '' --t --l 1 2 'a b' True None --none None --nest.a.b 1.5"}, "b": {"cmd": ["python t.py --foo foo --n 2 --s 'spaced text' --q 'it'\"'\"'s' --e '' --t --l 1 2 'a b' True None --none None --nest.a.b 1.5 end", {"foo": "foo", "n": 2, "s": "spaced text", "q": "it's", "e": "", "t": true, "f": false, "l": [1, 2, "a b", true, null], "none": null, "nest": {"a": {"b": 1.5}, "empty": {}}, "el": []}]}}, "tracked": {"a": {}, "b": {}}, "params": [], "metrics": [], "plots": [], "artifacts": {}, "datasets": []}
        """#),
    TemplateCase(
      "mergesMaps",
      #"""
      vars:
      - m: {b: 2}
      - other.json
      - m: {c: {d: 3}}
      stages:
        a:
          cmd: ${m.a}${m.b}${m.c.d}${m.z}
      """#,
      files: ["params.yaml": "m: {a: 1}\n", "other.json": "{\"m\": {\"z\": 9}}"],
      expected: #"""
        {"file": "dver.yaml", "vars": {"m": {"a": 1, "b": 2, "z": 9, "c": {"d": 3}}}, "stages": {"a": {"cmd": "1239"}}, "tracked": {"a": {"params.yaml": {"m.a": 1}, "other.json": {"m.z": 9}}}, "params": [], "metrics": [], "plots": [], "artifacts": {}, "datasets": []}
        """#),
    TemplateCase(
      "loadsPartsOfFiles",
      #"""
      vars:
      - o.json:a,b
      - o.json:c
      - ./params.yaml
      stages:
        x:
          cmd: ${a}${b}${c}
      """#,
      files: ["params.yaml": "p: 1\n", "o.json": "{\"a\": 1, \"b\": 2, \"c\": 3, \"d\": 4}"],
      expected: #"""
        {"file": "dver.yaml", "vars": {"p": 1, "a": 1, "b": 2, "c": 3}, "stages": {"x": {"cmd": "123"}}, "tracked": {"x": {"o.json": {"a": 1, "b": 2, "c": 3}}}, "params": [], "metrics": [], "plots": [], "artifacts": {}, "datasets": []}
        """#),
    TemplateCase(
      "readsToml",
      #"""
      vars: [p.toml]
      stages:
        a: {cmd: '${t.a} ${l[1]}'}
      """#,
      files: ["p.toml": "l = [1, 2.5]\n[t]\na = 'x'\n"],
      expected: #"""
        {"file": "dver.yaml", "vars": {"l": [1, 2.5], "t": {"a": "x"}}, "stages": {"a": {"cmd": "x 2.5"}}, "tracked": {"a": {"p.toml": {"t.a": "x", "l.1": 2.5}}}, "params": [], "metrics": [], "plots": [], "artifacts": {}, "datasets": []}
        """#),
    TemplateCase(
      "readsPython",
      #"""
      vars: [p.py]
      stages:
        a: {cmd: '${T.x} ${y[0]}'}
      """#,
      files: ["p.py": "y = [1, 2]\nclass T:\n    x = 'q'\n"],
      expected: #"""
        {"file": "dver.yaml", "vars": {"y": [1, 2], "T": {"x": "q"}}, "stages": {"a": {"cmd": "q 1"}}, "tracked": {"a": {"p.py": {"T.x": "q", "y.0": 1}}}, "params": [], "metrics": [], "plots": [], "artifacts": {}, "datasets": []}
        """#),
    TemplateCase(
      "stageVarsCountFromTheFolder",
      #"""
      stages:
        a:
          wdir: ${w}
          vars: [loc.yaml, {z: 1}, ../o.json]
          cmd: ${k} ${z} ${o}
      """#,
      files: ["params.yaml": "w: sub\n", "sub/loc.yaml": "k: v\n", "o.json": "{\"o\": 1}"],
      expected: #"""
        {"file": "dver.yaml", "vars": {"w": "sub"}, "stages": {"a": {"wdir": "sub", "cmd": "v 1 1"}}, "tracked": {"a": {"params.yaml": {"w": "sub"}, "sub/loc.yaml": {"k": "v"}, "o.json": {"o": 1}}}, "params": [], "metrics": [], "plots": [], "artifacts": {}, "datasets": []}
        """#),
    TemplateCase(
      "tracksValuesOfFilesAlone",
      #"""
      vars: [{in: 1}]
      stages:
        a: {cmd: '${in} ${p.q} ${l[1]} ${p.q}'}
        b: {cmd: run}
      """#,
      files: ["params.yaml": "p: {q: 2}\nl: [3, 4]\n"],
      expected: #"""
        {"file": "dver.yaml", "vars": {"p": {"q": 2}, "l": [3, 4], "in": 1}, "stages": {"a": {"cmd": "1 2 4 2"}, "b": {"cmd": "run"}}, "tracked": {"a": {"params.yaml": {"p.q": 2, "l.1": 4}}, "b": {}}, "params": [], "metrics": [], "plots": [], "artifacts": {}, "datasets": []}
        """#),
    TemplateCase(
      "mapsInCommandsAreNotTracked",
      #"""
      stages:
        a: {cmd: 'x ${d}'}
      """#,
      files: ["params.yaml": "d: {k: 1}\n"],
      expected: #"""
        {"file": "dver.yaml", "vars": {"d": {"k": 1}}, "stages": {"a": {"cmd": "x --k 1"}}, "tracked": {"a": {}}, "params": [], "metrics": [], "plots": [], "artifacts": {}, "datasets": []}
        """#),
    TemplateCase(
      "foreachOverScalars",
      #"""
      stages:
        g:
          foreach: [a, 1, 1.5, true, null, a]
          do: {cmd: 'x ${item}', meta: '${item}'}
      """#,
      files: [:],
      expected: #"""
        {"file": "dver.yaml", "vars": {}, "stages": {"g@a": {"cmd": "x a", "meta": "a"}, "g@1": {"cmd": "x 1", "meta": 1}, "g@1.5": {"cmd": "x 1.5", "meta": 1.5}, "g@true": {"cmd": "x true", "meta": true}, "g@None": {"cmd": "x None", "meta": null}}, "tracked": {"g@a": {}, "g@1": {}, "g@1.5": {}, "g@true": {}, "g@None": {}}, "params": [], "metrics": [], "plots": [], "artifacts": {}, "datasets": []}
        """#),
    TemplateCase(
      "foreachOverScalarsOfAFile",
      #"""
      stages:
        g:
          foreach: ${l}
          do: {cmd: 'x ${item}', meta: '${item}'}
      """#,
      files: ["params.yaml": "l: [a, 1, 1.5, true, null]\n"],
      expected: #"""
        {"file": "dver.yaml", "vars": {"l": ["a", 1, 1.5, true, null]}, "stages": {"g@a": {"cmd": "x a", "meta": "a"}, "g@1": {"cmd": "x 1", "meta": 1}, "g@1.5": {"cmd": "x 1.5", "meta": 1.5}, "g@True": {"cmd": "x true", "meta": true}, "g@None": {"cmd": "x None", "meta": null}}, "tracked": {"g@a": {"params.yaml": {"l.0": "a"}}, "g@1": {"params.yaml": {"l.1": 1}}, "g@1.5": {"params.yaml": {"l.2": 1.5}}, "g@True": {"params.yaml": {"l.3": true}}, "g@None": {"params.yaml": {"l.4": null}}}, "params": [], "metrics": [], "plots": [], "artifacts": {}, "datasets": []}
        """#),
    TemplateCase(
      "foreachOverComposites",
      #"""
      stages:
        g:
          foreach: [{a: 1}, b, [c]]
          do: {cmd: x}
        h:
          foreach: ${l}
          do: {cmd: 'x ${item.a}'}
      """#,
      files: ["params.yaml": "l: [{a: 1}, {a: 2}]\n"],
      expected: #"""
        {"file": "dver.yaml", "vars": {"l": [{"a": 1}, {"a": 2}]}, "stages": {"g@0": {"cmd": "x"}, "g@1": {"cmd": "x"}, "g@2": {"cmd": "x"}, "h@0": {"cmd": "x 1"}, "h@1": {"cmd": "x 2"}}, "tracked": {"g@0": {}, "g@1": {}, "g@2": {}, "h@0": {"params.yaml": {"l.0.a": 1}}, "h@1": {"params.yaml": {"l.1.a": 2}}}, "params": [], "metrics": [], "plots": [], "artifacts": {}, "datasets": []}
        """#),
    TemplateCase(
      "foreachOverMaps",
      #"""
      stages:
        g:
          foreach: {us: {t: 1}, 2021: {t: 2}, true: {t: 3}, k.l: {t: 4}}
          do: {cmd: 'x ${key} ${item.t}', outs: ['${key}.txt']}
        h:
          foreach: ${m}
          do: {cmd: '${key} ${item}'}
      """#,
      files: ["params.yaml": "m: {a: 1, b: 2, 3: c}\n"],
      expected: #"""
        {"file": "dver.yaml", "vars": {"m": {"a": 1, "b": 2}}, "stages": {"g@us": {"cmd": "x us 1", "outs": ["us.txt"]}, "g@2021": {"cmd": "x 2021 2", "outs": ["2021.txt"]}, "g@true": {"cmd": "x true 3", "outs": ["true.txt"]}, "g@k.l": {"cmd": "x k.l 4", "outs": ["k.l.txt"]}, "h@a": {"cmd": "a 1"}, "h@b": {"cmd": "b 2"}}, "tracked": {"g@us": {}, "g@2021": {}, "g@true": {}, "g@k.l": {}, "h@a": {"params.yaml": {"m.a": 1}}, "h@b": {"params.yaml": {"m.b": 2}}}, "params": [], "metrics": [], "plots": [], "artifacts": {}, "datasets": []}
        """#),
    TemplateCase(
      "tracksThroughItems",
      #"""
      vars: [{loc: {z: 0}}]
      stages:
        g:
          foreach: ${m}
          do: {cmd: '${item.t} ${item.l[0]}'}
        h:
          foreach: ['${m.us.t}', x, 'y${m.us.t}']
          do: {cmd: 'r ${item}'}
        i:
          foreach: {a: {v: '${m.uk.t}', w: '${loc.z}', u: 5}}
          do: {cmd: '${item.v} ${item.w} ${item.u}'}
        j:
          foreach: ${l}
          do: {cmd: 'r ${item.q}'}
      """#,
      files: ["params.yaml": "m: {us: {t: 1, l: [2]}, uk: {t: 3, l: [4]}}\nl: [{q: 7}, {q: 8}]\n"],
      expected: #"""
        {"file": "dver.yaml", "vars": {"m": {"us": {"t": 1, "l": [2]}, "uk": {"t": 3, "l": [4]}}, "l": [{"q": 7}, {"q": 8}], "loc": {"z": 0}}, "stages": {"g@us": {"cmd": "1 2"}, "g@uk": {"cmd": "3 4"}, "h@1": {"cmd": "r 1"}, "h@x": {"cmd": "r x"}, "h@y1": {"cmd": "r y1"}, "i@a": {"cmd": "3 0 5"}, "j@0": {"cmd": "r 7"}, "j@1": {"cmd": "r 8"}}, "tracked": {"g@us": {"params.yaml": {"m.us.t": 1, "m.us.l.0": 2}}, "g@uk": {"params.yaml": {"m.uk.t": 3, "m.uk.l.0": 4}}, "h@1": {"params.yaml": {"m.us.t": 1}}, "h@x": {}, "h@y1": {}, "i@a": {"params.yaml": {"m.uk.t": 3}}, "j@0": {"params.yaml": {"l.0.q": 7}}, "j@1": {"params.yaml": {"l.1.q": 8}}}, "params": [], "metrics": [], "plots": [], "artifacts": {}, "datasets": []}
        """#),
    TemplateCase(
      "foreachWithVars",
      #"""
      stages:
        g:
          foreach: [a, b]
          do:
            vars: [{v: 1}]
            wdir: sub
            cmd: ${item}${v}
      """#,
      files: [:],
      expected: #"""
        {"file": "dver.yaml", "vars": {}, "stages": {"g@a": {"wdir": "sub", "cmd": "a1"}, "g@b": {"wdir": "sub", "cmd": "b1"}}, "tracked": {"g@a": {}, "g@b": {}}, "params": [], "metrics": [], "plots": [], "artifacts": {}, "datasets": []}
        """#),
    TemplateCase(
      "emptyGroups",
      #"""
      stages:
        g:
          foreach: []
          do: {cmd: '${x'}
        h:
          foreach: {}
          do: {cmd: x}
        i:
          matrix: {a: [], b: [1]}
          cmd: x
      """#,
      files: [:],
      expected: #"""
        {"file": "dver.yaml", "vars": {}, "stages": {}, "tracked": {}, "params": [], "metrics": [], "plots": [], "artifacts": {}, "datasets": []}
        """#),
    TemplateCase(
      "matrix",
      #"""
      stages:
        m:
          matrix: {os: [win, linux], py: [3.7, 3], f: [true]}
          cmd: ${key} ${item.os} ${item.py}
      """#,
      files: [:],
      expected: #"""
        {"file": "dver.yaml", "vars": {}, "stages": {"m@win-3.7-true": {"cmd": "win-3.7-true win 3.7"}, "m@win-3-true": {"cmd": "win-3-true win 3"}, "m@linux-3.7-true": {"cmd": "linux-3.7-true linux 3.7"}, "m@linux-3-true": {"cmd": "linux-3-true linux 3"}}, "tracked": {"m@win-3.7-true": {}, "m@win-3-true": {}, "m@linux-3.7-true": {}, "m@linux-3-true": {}}, "params": [], "metrics": [], "plots": [], "artifacts": {}, "datasets": []}
        """#),
    TemplateCase(
      "matrixOfComposites",
      #"""
      stages:
        m:
          matrix:
            d: [{a: 1}, {a: 2}]
            l: [[p, q], r]
            v: ${vals}
          cmd: x ${item.d.a} ${item.v}
      """#,
      files: ["params.yaml": "vals: [x, true]\n"],
      expected: #"""
        {"file": "dver.yaml", "vars": {"vals": ["x", true]}, "stages": {"m@d0-l0-x": {"cmd": "x 1 x"}, "m@d0-l0-True": {"cmd": "x 1 true"}, "m@d0-r-x": {"cmd": "x 1 x"}, "m@d0-r-True": {"cmd": "x 1 true"}, "m@d1-l0-x": {"cmd": "x 2 x"}, "m@d1-l0-True": {"cmd": "x 2 true"}, "m@d1-r-x": {"cmd": "x 2 x"}, "m@d1-r-True": {"cmd": "x 2 true"}}, "tracked": {"m@d0-l0-x": {"params.yaml": {"vals.0": "x"}}, "m@d0-l0-True": {"params.yaml": {"vals.1": true}}, "m@d0-r-x": {"params.yaml": {"vals.0": "x"}}, "m@d0-r-True": {"params.yaml": {"vals.1": true}}, "m@d1-l0-x": {"params.yaml": {"vals.0": "x"}}, "m@d1-l0-True": {"params.yaml": {"vals.1": true}}, "m@d1-r-x": {"params.yaml": {"vals.0": "x"}}, "m@d1-r-True": {"params.yaml": {"vals.1": true}}}, "params": [], "metrics": [], "plots": [], "artifacts": {}, "datasets": []}
        """#),
    TemplateCase(
      "matrixOverMapsTakesKeys",
      #"""
      stages:
        m:
          matrix: {k: '${mp}'}
          cmd: x ${item.k}
      """#,
      files: ["params.yaml": "mp: {a: {z: 1}, b: 2}\n"],
      expected: #"""
        {"file": "dver.yaml", "vars": {"mp": {"a": {"z": 1}, "b": 2}}, "stages": {"m@a": {"cmd": "x a"}, "m@b": {"cmd": "x b"}}, "tracked": {"m@a": {}, "m@b": {}}, "params": [], "metrics": [], "plots": [], "artifacts": {}, "datasets": []}
        """#),
    TemplateCase(
      "matrixOverTextsTakesCharacters",
      #"""
      stages:
        m:
          matrix: {a: xyx, b: "é1"}
          cmd: x ${item.a} ${item.b} ${key}
        n:
          matrix: {a: 'u${t}'}
          cmd: x ${item.a}
        o:
          matrix: {a: '', b: [1]}
          cmd: x
      """#,
      files: ["params.yaml": "t: ab\n"],
      expected: #"""
        {"file": "dver.yaml", "vars": {"t": "ab"}, "stages": {"m@x-é": {"cmd": "x x é x-é"}, "m@x-1": {"cmd": "x x 1 x-1"}, "m@y-é": {"cmd": "x y é y-é"}, "m@y-1": {"cmd": "x y 1 y-1"}, "n@u": {"cmd": "x u"}, "n@a": {"cmd": "x a"}, "n@b": {"cmd": "x b"}}, "tracked": {"m@x-é": {}, "m@x-1": {}, "m@y-é": {}, "m@y-1": {}, "n@u": {}, "n@a": {}, "n@b": {}}, "params": [], "metrics": [], "plots": [], "artifacts": {}, "datasets": []}
        """#),
    TemplateCase(
      "fillsInKeys",
      #"""
      stages:
        a:
          cmd: x
          outs: ['${o}': {desc: 'is ${o}', cache: false}]
          params: ['${k}', '${f}': ['${k}']]
      """#,
      files: ["params.yaml": "o: out\nk: lr\nf: p2.yaml\n"],
      expected: #"""
        {"file": "dver.yaml", "vars": {"o": "out", "k": "lr", "f": "p2.yaml"}, "stages": {"a": {"cmd": "x", "outs": [{"out": {"desc": "is out", "cache": false}}], "params": ["lr", {"p2.yaml": ["lr"]}]}}, "tracked": {"a": {"params.yaml": {"o": "out", "k": "lr", "f": "p2.yaml"}}}, "params": [], "metrics": [], "plots": [], "artifacts": {}, "datasets": []}
        """#),
    TemplateCase(
      "fillsInSections",
      #"""
      params: ['${f}']
      metrics: ['${f}.json', 'm']
      plots: ['${f}', {'${t}': {x: '${f}', y: {'${f}': [a]}}}]
      artifacts: {'${f}': {path: '${f}.bin', labels: ['${t}']}}
      datasets: [{name: '${f}', type: dvc, lock: {rev: '${n}'}}]
      """#,
      files: ["params.yaml": "f: file\nt: title\nn: 5\n"],
      expected: #"""
        {"file": "dver.yaml", "vars": {"f": "file", "t": "title", "n": 5}, "stages": {}, "tracked": {}, "params": ["file"], "metrics": ["file.json", "m"], "plots": ["file", {"title": {"x": "file", "y": {"file": ["a"]}}}], "artifacts": {"file": {"path": "file.bin", "labels": ["title"]}}, "datasets": [{"name": "file", "type": "dvc", "lock": {"rev": 5}}]}
        """#),
    TemplateCase(
      "listsInSectionsPrintAsPython",
      #"""
      metrics: ['x ${l}']
      """#,
      files: ["params.yaml": "l: [a, 'it''s', 1.5, true, null, [\"q\\n\"], {k: v}]\n"],
      expected: #"""
        {"file": "dver.yaml", "vars": {"l": ["a", "it's", 1.5, true, null, ["q\n"], {"k": "v"}]}, "stages": {}, "tracked": {}, "params": [], "metrics": ["x ['a', \"it's\", 1.5, True, None, ['q\\n'], {'k': 'v'}]"], "plots": [], "artifacts": {}, "datasets": []}
        """#),
    TemplateCase(
      "overridesGlobalsInGroups",
      #"""
      vars: [{item: 1, key: 2}]
      stages:
        g:
          foreach: {a: b}
          do: {cmd: '${item} ${key}'}
        s: {cmd: '${item} ${key}'}
      """#,
      files: [:],
      expected: #"""
        {"file": "dver.yaml", "vars": {"item": 1, "key": 2}, "stages": {"g@a": {"cmd": "b a"}, "s": {"cmd": "1 2"}}, "tracked": {"g@a": {}, "s": {}}, "params": [], "metrics": [], "plots": [], "artifacts": {}, "datasets": []}
        """#),
    TemplateCase(
      "keepsEverythingElse",
      #"""
      stages:
        a:
          desc: d
          frozen: true
          always_changed: false
          meta: {1: [x, 2], n: null, i: .inf}
          plots: [p.csv: {x: a, y: b, header: false}, q.csv: [{x: a}, {x: b}]]
          cmd: [a, b]
      """#,
      files: [:],
      expected: #"""
        {"file": "dver.yaml", "vars": {}, "stages": {"a": {"desc": "d", "frozen": true, "always_changed": false, "meta": {"1": ["x", 2], "n": null, "i": ".inf"}, "plots": [{"p.csv": {"x": "a", "y": "b", "header": false}}, {"q.csv": [{"x": "a"}, {"x": "b"}]}], "cmd": ["a", "b"]}}, "tracked": {"a": {}}, "params": [], "metrics": [], "plots": [], "artifacts": {}, "datasets": []}
        """#),
    TemplateCase(
      "valuesAreNotFilledInAgain",
      #"""
      vars: [{e: '\${x}'}]
      stages:
        a: {cmd: '${v} ${e}', desc: '${e}'}
      """#,
      files: ["params.yaml": "v: ${w}\nw: 1\n"],
      expected: #"""
        {"file": "dver.yaml", "vars": {"v": "${w}", "w": 1, "e": "\\${x}"}, "stages": {"a": {"cmd": "${w} ${x}", "desc": "\\${x}"}}, "tracked": {"a": {"params.yaml": {"v": "${w}"}}}, "params": [], "metrics": [], "plots": [], "artifacts": {}, "datasets": []}
        """#),
  ]
}
