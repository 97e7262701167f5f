/// Cases that are errors, for DVC too.
extension TemplateCase {
  static let refused: [TemplateCase] = [
    TemplateCase(
      "undefined",
      #"""
      stages:
        a: {cmd: 'x ${nope}'}
      """#,
      files: [:],
      expected: #"""
        dver.yaml:2:12: stages.a.cmd: 'nope' is not defined
        """#),
    TemplateCase(
      "undefinedWithSuggestion",
      #"""
      stages:
        a: {cmd: 'x ${train.rte}'}
      """#,
      files: ["params.yaml": "train: {rate: 1}\n"],
      expected: #"""
        dver.yaml:2:12: stages.a.cmd: 'train.rte' is not defined, did you mean 'train.rate'?
        """#),
    TemplateCase(
      "beyondAScalar",
      #"""
      stages:
        a: {cmd: 'x ${a.b.c}'}
      """#,
      files: ["params.yaml": "a: {b: 1}\n"],
      expected: #"""
        dver.yaml:2:12: stages.a.cmd: 'a.b.c' is not defined
        """#),
    TemplateCase(
      "beyondAList",
      #"""
      stages:
        a: {cmd: 'x ${l[2]}'}
      """#,
      files: ["params.yaml": "l: [1, 2]\n"],
      expected: #"""
        dver.yaml:2:12: stages.a.cmd: 'l[2]' is not defined
        """#),
    TemplateCase(
      "keysThatAreNoText",
      #"""
      stages:
        a: {cmd: 'x ${m[1]}'}
      """#,
      files: ["params.yaml": "m: {1: 2}\n"],
      expected: #"""
        dver.yaml:2:12: stages.a.cmd: 'm[1]' is not defined
        """#),
    TemplateCase(
      "emptyExpression",
      #"""
      stages:
        a: {cmd: 'x ${}'}
      """#,
      files: [:],
      expected: #"""
        dver.yaml:2:12: stages.a.cmd: '${}' is no template
        """#),
    TemplateCase(
      "openBracket",
      #"""
      stages:
        a: {cmd: 'x ${a[0}'}
      """#,
      files: ["params.yaml": "a: [1]\n"],
      expected: #"""
        dver.yaml:2:12: stages.a.cmd: '${a[0}' is no template
        """#),
    TemplateCase(
      "twoDots",
      #"""
      stages:
        a: {deps: ['${a..b}'], cmd: x}
      """#,
      files: ["params.yaml": "a: {b: 1}\n"],
      expected: #"""
        dver.yaml:2:13: stages.a.deps: '${a..b}' is no template
        """#),
    TemplateCase(
      "listInText",
      #"""
      stages:
        a: {cmd: 'x ${l}'}
      """#,
      files: ["params.yaml": "l: [1]\n"],
      expected: #"""
        dver.yaml:2:12: stages.a.cmd: 'l' is a list, which cannot be filled in here
        """#),
    TemplateCase(
      "listAsField",
      #"""
      stages:
        a: {cmd: x, deps: ['${l}']}
      """#,
      files: ["params.yaml": "l: [1]\n"],
      expected: #"""
        dver.yaml:2:21: stages.a.deps: 'l' is a list, which cannot be filled in here
        """#),
    TemplateCase(
      "mapAsField",
      #"""
      stages:
        a: {cmd: x, deps: ['${m}']}
      """#,
      files: ["params.yaml": "m: {a: 1}\n"],
      expected: #"""
        dver.yaml:2:21: stages.a.deps: 'm' is a map, which cannot be filled in here
        """#),
    TemplateCase(
      "nestedListInFlags",
      #"""
      stages:
        a: {cmd: 'x ${m}'}
      """#,
      files: ["params.yaml": "m: {a: [[1]]}\n"],
      expected: #"""
        dver.yaml:2:12: stages.a.cmd: the list 'a' holds lists or maps, which are no arguments
        """#),
    TemplateCase(
      "redefinedGlobally",
      #"""
      vars: [{a: 2}]
      stages: {}
      """#,
      files: ["params.yaml": "a: 1\n"],
      expected: #"""
        dver.yaml:1:7: vars: vars[0] defines 'a', which params.yaml defines already
        """#),
    TemplateCase(
      "redefinedDeeply",
      #"""
      vars: [{m: {a: {b: 1}}}]
      stages: {}
      """#,
      files: ["params.yaml": "m: {a: {b: 2}}\n"],
      expected: #"""
        dver.yaml:1:7: vars: vars[0] defines 'm.a.b', which params.yaml defines already
        """#),
    TemplateCase(
      "listsDoNotMerge",
      #"""
      vars: [{l: [2]}]
      stages: {}
      """#,
      files: ["params.yaml": "l: [1]\n"],
      expected: #"""
        dver.yaml:1:7: vars: vars[0] defines 'l', which params.yaml defines already
        """#),
    TemplateCase(
      "redefinedInAStage",
      #"""
      stages:
        a: {cmd: x, vars: [{a: 2}]}
      """#,
      files: ["params.yaml": "a: 1\n"],
      expected: #"""
        dver.yaml:2:21: stages.a.vars: a.vars[0] defines 'a', which params.yaml defines already
        """#),
    TemplateCase(
      "redefinedInAGroup",
      #"""
      stages:
        g:
          foreach: [u, v]
          do: {cmd: x, vars: [{a: 2}]}
      """#,
      files: ["params.yaml": "a: 1\n"],
      expected: #"""
        dver.yaml:4:24: stages.g@u.vars: g@u.vars[0] defines 'a', which params.yaml defines already
        """#),
    TemplateCase(
      "reservedItem",
      #"""
      stages:
        g:
          foreach: [u]
          do: {cmd: x, vars: [{item: 2}]}
      """#,
      files: [:],
      expected: #"""
        dver.yaml:4:24: stages.g@u.vars: vars define 'item', which the group sets
        """#),
    TemplateCase(
      "reservedKeyInAFile",
      #"""
      stages:
        g:
          matrix: {a: [u]}
          cmd: x
          vars: [o.json]
      """#,
      files: ["o.json": "{\"key\": 1}"],
      expected: #"""
        dver.yaml:5:11: stages.g@u.vars: o.json defines 'key', which the group sets
        """#),
    TemplateCase(
      "missingFile",
      #"""
      vars: [nope.yaml]
      stages: {}
      """#,
      files: [:],
      expected: #"""
        dver.yaml:1:7: vars: nope.yaml does not exist
        """#),
    TemplateCase(
      "missingFileOfAStage",
      #"""
      stages:
        a: {cmd: x, vars: [nope.yaml]}
      """#,
      files: [:],
      expected: #"""
        dver.yaml:2:21: stages.a.vars: nope.yaml does not exist
        """#),
    TemplateCase(
      "missingKeyOfAFile",
      #"""
      vars: ['o.json:z']
      stages: {}
      """#,
      files: ["o.json": "{\"a\": 1}"],
      expected: #"""
        dver.yaml:1:7: vars: o.json has no key 'z'
        """#),
    TemplateCase(
      "folderAsFile",
      #"""
      vars: [sub]
      stages: {}
      """#,
      files: [:],
      expected: #"""
        dver.yaml:1:7: vars: sub is a directory
        """#),
    TemplateCase(
      "wholeThenPart",
      #"""
      vars: ['params.yaml:a']
      stages: {}
      """#,
      files: ["params.yaml": "a: 1\n"],
      expected: #"""
        dver.yaml:1:7: vars: part of 'params.yaml:a' is asked for, and all of it is loaded already
        """#),
    TemplateCase(
      "partThenWhole",
      #"""
      vars: ['o.json:a', o.json]
      stages: {}
      """#,
      files: ["o.json": "{\"a\": 1}"],
      expected: #"""
        dver.yaml:1:7: vars: 'o.json' is loaded in part already
        """#),
    TemplateCase(
      "partTwice",
      #"""
      vars: ['o.json:a', 'o.json:b,a']
      stages: {}
      """#,
      files: ["o.json": "{\"a\": 1, \"b\": 2}"],
      expected: #"""
        dver.yaml:1:7: vars: 'o.json:b,a' is loaded in part already
        """#),
    TemplateCase(
      "fileIsNoMap",
      #"""
      vars: [o.json]
      stages: {}
      """#,
      files: ["o.json": "[1]"],
      expected: #"""
        o.json:1:1: expected a mapping of parameters
        """#),
    TemplateCase(
      "templateInVars",
      #"""
      vars: [{a: '${b}'}]
      stages: {}
      """#,
      files: ["params.yaml": "b: 1\n"],
      expected: #"""
        dver.yaml:1:12: vars: templates are not filled in here
        """#),
    TemplateCase(
      "templateInStageVars",
      #"""
      stages:
        a: {cmd: x, vars: ['${b}']}
      """#,
      files: ["params.yaml": "b: 1\n"],
      expected: #"""
        dver.yaml:2:22: stages.a.vars: templates are not filled in here
        """#),
    TemplateCase(
      "foreachOverAText",
      #"""
      stages:
        g:
          foreach: ${s}
          do: {cmd: x}
      """#,
      files: ["params.yaml": "s: text\n"],
      expected: #"""
        dver.yaml:3:14: stages.g.foreach: expected a list or a map, not 'text'
        """#),
    TemplateCase(
      "foreachOverNothing",
      #"""
      stages:
        g:
          foreach: ${n}
          do: {cmd: x}
      """#,
      files: ["params.yaml": "n:\n"],
      expected: #"""
        dver.yaml:3:14: stages.g.foreach: expected a list or a map, not null
        """#),
    TemplateCase(
      "foreachOverPlainText",
      #"""
      stages:
        g: {foreach: text, do: {cmd: x}}
      """#,
      files: [:],
      expected: #"""
        dver.yaml:2:16: stages.g.foreach: expected a list or a map, not 'text'
        """#),
    TemplateCase(
      "foreachUndefined",
      #"""
      stages:
        g: {foreach: '${nope}', do: {cmd: x}}
      """#,
      files: [:],
      expected: #"""
        dver.yaml:2:16: stages.g.foreach: 'nope' is not defined
        """#),
    TemplateCase(
      "memberUndefined",
      #"""
      stages:
        g:
          foreach: [{a: 1}, {b: 2}]
          do: {cmd: '${item.a}'}
      """#,
      files: [:],
      expected: #"""
        dver.yaml:4:15: stages.g@1.cmd: 'item.a' is not defined, did you mean 'item.b'?
        """#),
    TemplateCase(
      "keyOfAList",
      #"""
      stages:
        g:
          foreach: [a]
          do: {cmd: '${key}'}
      """#,
      files: [:],
      expected: #"""
        dver.yaml:4:15: stages.g@a.cmd: 'key' is not defined
        """#),
    TemplateCase(
      "syntaxInAGroup",
      #"""
      stages:
        g:
          foreach: [a]
          do: {cmd: '${item.}'}
      """#,
      files: [:],
      expected: #"""
        dver.yaml:4:15: stages.g.cmd: '${item.}' is no template
        """#),
    TemplateCase(
      "syntaxInAMatrix",
      #"""
      stages:
        m:
          matrix: {a: [1]}
          cmd: ${item[a}
      """#,
      files: [:],
      expected: #"""
        dver.yaml:4:10: stages.m.cmd: '${item[a}' is no template
        """#),
    TemplateCase(
      "matrixUndefined",
      #"""
      stages:
        m:
          matrix: {a: '${nope}'}
          cmd: x
      """#,
      files: [:],
      expected: #"""
        dver.yaml:3:13: stages.m.matrix: 'nope' is not defined
        """#),
    TemplateCase(
      "artifactWithoutText",
      #"""
      artifacts: {'${n}': {path: x}}
      """#,
      files: ["params.yaml": "n: 1\n"],
      expected: #"""
        dver.yaml:1:13: artifacts.${n}: expected a name, not '1'
        """#),
    TemplateCase(
      "undefinedInASection",
      #"""
      plots: ['${nope}']
      """#,
      files: [:],
      expected: #"""
        dver.yaml:1:9: plots[0]: 'nope' is not defined
        """#),
    TemplateCase(
      "syntaxInASection",
      #"""
      metrics: [a, '${}']
      """#,
      files: [:],
      expected: #"""
        dver.yaml:1:14: metrics[1]: '${}' is no template
        """#),
    TemplateCase(
      "brokenFile",
      #"""
      stages:
        a: {cmd: '${x}'}
      """#,
      files: ["params.yaml": "a: [\n"],
      expected: #"""
        params.yaml:2:1: while parsing a flow node, did not find expected node content
        """#),
  ]
}
