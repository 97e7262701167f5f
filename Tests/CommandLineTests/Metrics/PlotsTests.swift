import TestSupport
import Testing

/// The data points are those that DVC 3.67 finds in the same files.
@Suite struct PlotsTests {
  private func repository() throws -> TemporaryRepository {
    let repository = try TemporaryRepository()
    try repository.write(
      """
      plots:
      - top.csv: {x: step, y: loss, title: Top}
      - multi:
          x: epoch
          y: {hist/a.json: [acc, loss], hist/b.json: acc}
      - imgs
      - bad:
          y: {hist/a.json: nope}
      stages:
        train:
          cmd: "true"
          plots:
          # the curve
          - train.tsv: {cache: false, x: a}
          - nohead.csv:
              cache: false
              header: false  # none

      """, to: "dver.yaml")
    try repository.write("step,loss,acc\n0,1.5,0.1\n1,1.0,\n", to: "top.csv")
    try repository.write("[{\"epoch\": 1, \"acc\": 0.5, \"loss\": 1}]", to: "hist/a.json")
    try repository.write("{\"x\": {\"y\": [{\"epoch\": 1, \"acc\": 0.3}]}}", to: "hist/b.json")
    try repository.write("<svg xmlns=\"http://www.w3.org/2000/svg\"/>", to: "imgs/x.svg")
    try repository.write("a\tb\n1\t2\n", to: "train.tsv")
    try repository.write("1,2\n", to: "nohead.csv")
    try repository.commit("one")
    try repository.git("tag", "v1").requireSuccess()
    try repository.write("step,loss,acc\n0,1.4,0.1\n", to: "top.csv")
    return repository
  }

  private func json(_ repository: TemporaryRepository, _ words: String...) throws -> String {
    try repository.dverCommand(["plots"] + words + ["--json"]).run().requireSuccess()
      .standardOutput
  }

  /// The data points of a specification.
  private func values(_ text: String) -> Substring {
    let start = text.ranges(of: "\"values\": ").first?.upperBound ?? text.endIndex
    let end = text[start...].ranges(of: "}, \"title\"").first?.lowerBound ?? text.endIndex
    return text[start..<end]
  }

  // MARK: Data

  @Test func pointsHaveTheirVersion() throws {
    let repository = try repository()
    let text = try json(repository, "diff", "v1", "--targets", "top.csv")
    #expect(
      text.hasPrefix(
        "{\"data\": {\"top.csv\": [{\"type\": \"vega\", \"revisions\": [\"workspace\", \"v1\"], "))
    #expect(
      values(text) == """
        [{"step": "0", "loss": "1.4", "acc": "0.1", "rev": "workspace"}, \
        {"step": "0", "loss": "1.5", "acc": "0.1", "rev": "v1"}, \
        {"step": "1", "loss": "1.0", "acc": "", "rev": "v1"}]
        """)
  }

  @Test func severalSourcesAreToldApart() throws {
    #expect(
      values(try json(repository(), "show", "multi")) == """
        [{"epoch": 1, "acc": 0.5, "loss": 1, "dvc_inferred_y_value": 0.5, "rev": "workspace", \
        "filename::field": "a.json::acc"}, \
        {"epoch": 1, "acc": 0.5, "loss": 1, "dvc_inferred_y_value": 1, "rev": "workspace", \
        "filename::field": "a.json::loss"}, \
        {"epoch": 1, "acc": 0.3, "dvc_inferred_y_value": 0.3, "rev": "workspace", \
        "filename::field": "b.json::acc"}]
        """)
  }

  @Test func pointsAreNumberedWhereNothingIsSaid() throws {
    let repository = try repository()
    #expect(
      values(try json(repository, "show", "nohead.csv")) == """
        [{"0": "1", "1": "2", "step": 0, "rev": "workspace"}]
        """)
    try repository.write("7,8\n9,10\n", to: "loose.csv")
    #expect(
      values(try json(repository, "show", "loose.csv", "--no-header")).contains("\"0\": \"7\""))
    #expect(values(try json(repository, "show", "loose.csv")).contains("\"7\": \"9\""))
  }

  @Test func problemsStandBesideTheData() throws {
    let repository = try repository()
    let text = try json(repository, "show", "bad")
    #expect(
      text == """
        {"errors": [{"name": "bad", "rev": "workspace", "type": "FieldNotFoundError", \
        "msg": "hist/a.json has no field 'nope', but 'epoch', 'acc', 'loss'"}], \
        "data": {"bad": []}}

        """)
    try repository.write("a,b\n\"1,2\n", to: "top.csv")
    #expect(
      try json(repository, "show", "top.csv").contains(
        "\"source\": \"top.csv\", \"type\": \"ParseError\", \"msg\": \"top.csv: line 2: "))
    try repository.remove("top.csv")
    #expect(
      try json(repository, "show", "top.csv").contains("\"type\": \"FileNotFoundError\""))
  }

  @Test func picturesAreWhole() throws {
    let text = try json(repository(), "show", "imgs")
    #expect(
      text == """
        {"data": {"imgs/x.svg": [{"type": "image", "revisions": ["workspace"], \
        "url": "data:image/svg+xml;base64,\
        PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciLz4="}]}}

        """)
  }

  // MARK: Specifications

  @Test func propertiesFillTheTemplate() throws {
    let repository = try repository()
    let vega = try repository.dver(
      "plots", "show", "top.csv", "--show-vega", "-t", "scatter", "-x", "acc", "-y", "step",
      "--title", "T", "--x-label", "right", "--y-label", "up"
    ).requireSuccess().standardOutput
    for text in [
      "\"$schema\": \"https://vega.github.io/schema/vega-lite/v5.json\"", "\"text\": \"T\"",
      "\"type\": \"point\"", "\"field\": \"acc\", \"type\": \"quantitative\", \"title\": \"right\"",
      "\"field\": \"step\", \"type\": \"quantitative\", \"title\": \"up\"",
    ] {
      #expect(vega.contains(text), "\(text)")
    }
    #expect(!vega.contains("<DVC_"))
    let split = try json(repository, "show", "top.csv", "--split")
    #expect(split.contains("\"anchor_definitions\": {\"<DVC_METRIC_COLOR>\""))
    #expect(split.contains("\"values\": \"<DVC_METRIC_DATA>\""))
  }

  @Test func templatesCanBeListedPrintedAndChanged() throws {
    let repository = try repository()
    let names = try repository.dver("plots", "templates").requireSuccess().lines
    #expect(
      names == [
        "simple", "linear", "confusion", "confusion_normalized", "scatter", "scatter_jitter",
        "smooth", "bar_horizontal_sorted", "bar_horizontal", "bar_vertical",
      ])
    for name in names {
      let text = try repository.dver("plots", "templates", name).requireSuccess().standardOutput
      #expect(text.contains("\"<DVC_METRIC_DATA>\""), "\(name)")
      let vega = try repository.dver("plots", "show", "top.csv", "--show-vega", "-t", name)
      #expect(try !vega.requireSuccess().standardOutput.contains("<DVC_"), "\(name)")
    }
    try repository.write(
      "{\"mine\": \"<DVC_METRIC_TITLE>!\", \"mark\": \"bar\"}", to: ".dver/plots/mine.json")
    #expect(
      try repository.dver("plots", "show", "top.csv", "--show-vega", "-t", "mine")
        .requireSuccess().standardOutput == "{\"mine\": \"Top!\", \"mark\": \"bar\"}\n")
    try repository.dver("plots", "templates", "nosuch").requireStatus(2)
    try repository.dver("plots", "show", "top.csv", "-t", "nosuch").requireStatus(2)
    try repository.write("[", to: ".dver/plots/broken.json")
    try repository.dver("plots", "show", "top.csv", "-t", "broken").requireStatus(2)
  }

  // MARK: Pages

  @Test func thePageIsOneFile() throws {
    let repository = try repository()
    let result = try repository.dver("plots", "diff").requireSuccess()
    #expect(result.lines == ["file://\(repository.root)/work/dver_plots/index.html"])
    #expect(try repository.files("dver_plots") == ["index.html"])
    let page = try repository.readText("dver_plots/index.html")
    #expect(page.contains("<h2>Top</h2>"))
    #expect(page.contains("<p>workspace, HEAD</p>"))
    #expect(page.contains("src=\"data:image/svg+xml;base64,"))
    #expect(page.contains("has no field &#39;nope&#39;"))
    #expect(!page.contains("<script") && !page.contains("https://"))
    try repository.dver("plots", "diff", "-o", "again").requireSuccess()
    #expect(try repository.readText("again/index.html") == page)
  }

  @Test func withoutChangesThereIsNothingToCompare() throws {
    let repository = try repository()
    let shown = "{\"data\": {\"top.csv\": [{\"type\": \"vega\", \"revisions\": "
    #expect(
      try json(repository, "diff", "--targets", "top.csv")
        .hasPrefix(shown + "[\"workspace\", \"HEAD\"], "))
    try repository.write("step,loss,acc\n0,1.5,0.1\n1,1.0,\n", to: "top.csv")
    try repository.write("not in git\n", to: "other")
    #expect(
      try json(repository, "diff", "--targets", "top.csv")
        .hasPrefix(shown + "[\"workspace\"], "))
    try repository.write("1,3\n", to: "nohead.csv")
    try repository.git("add", "nohead.csv").requireSuccess()
    #expect(
      try json(repository, "diff", "--targets", "top.csv")
        .hasPrefix(shown + "[\"workspace\", \"HEAD\"], "))
  }

  /// Git sees neither the old data nor the edit.
  @Test func editedDataIsAChangeToo() throws {
    let repository = try TemporaryRepository()
    try repository.write(
      "stages:\n  s: {cmd: cp in.csv p.csv, deps: [in.csv], plots: [p.csv]}\n", to: "dver.yaml")
    try repository.write("a,b\n1,2\n", to: "in.csv")
    try repository.dver("repro", "-q").requireSuccess()
    try repository.commitAll()
    #expect(try json(repository, "diff").contains(#""revisions": ["workspace"]"#))
    try repository.write("a,b\n1,3\n", to: "p.csv")
    #expect(try json(repository, "diff").contains(#""revisions": ["workspace", "HEAD"]"#))
  }

  @Test func aPageOfTheUsersIsFilled() throws {
    let repository = try repository()
    try repository.write("<main>{plot_divs}</main>", to: "page.html")
    try repository.dver("plots", "show", "top.csv", "--html-template", "page.html")
      .requireSuccess()
    #expect(try repository.readText("dver_plots/index.html").hasPrefix("<main><style>"))
    try repository.write("nothing", to: "page.html")
    try repository.dver("plots", "show", "top.csv", "--html-template", "page.html")
      .requireStatus(2)
    try repository.dver("plots", "show", "top.csv", "--html-template", "gone").requireStatus(2)
  }

  @Test func withoutPlotsNoPageIsWritten() throws {
    let repository = try TemporaryRepository()
    let result = try repository.dver("plots", "show").requireSuccess()
    #expect(result.standardError == "There are no plots, so no page was written.\n")
    #expect(!repository.exists("dver_plots"))
    #expect(try json(repository, "diff") == "{}\n")
  }

  @Test func aFileThatNoVersionHasIsAPlotWithAnError() throws {
    let repository = try repository()
    #expect(
      try json(repository, "diff", "v1", "--targets", "gone.json") == """
        {"errors": [{"name": "gone.json", "rev": "workspace", "source": "gone.json", \
        "type": "FileNotFoundError", "msg": "gone.json does not exist"}, \
        {"name": "gone.json", "rev": "v1", "source": "gone.json", \
        "type": "FileNotFoundError", "msg": "gone.json does not exist"}], \
        "data": {"gone.json": []}}

        """)
    let shown = try repository.dver("plots", "show", "gone.svg").requireSuccess()
    #expect(shown.standardError == "WARNING: gone.svg, workspace: gone.svg does not exist\n")
    let page = try repository.readText("dver_plots/index.html")
    #expect(page.contains("workspace: gone.svg does not exist"))
    let vega = try repository.dver("plots", "show", "gone.csv", "--show-vega").requireSuccess()
    #expect(vega.standardOutput == "{}\n")
  }

  @Test func wrongCommandLinesAreRefused() throws {
    let repository = try repository()
    try repository.dver("plots", "show", "nosuch").requireStatus(2)
    try repository.dver("plots", "diff", "nosuch").requireStatus(2)
    try repository.dver("plots", "show", "--show-vega").requireStatus(64)
    try repository.dver("plots", "show", "top.csv", "--show-vega", "--json").requireStatus(64)
    try repository.dver("plots", "modify", "train.tsv").requireStatus(64)
  }

  @Test func theConfigurationSaysWherePagesGo() throws {
    let repository = try repository()
    try repository.dver("config", "plots.out_dir", "pages").requireSuccess()
    try repository.write("<i>{plot_divs}</i>", to: ".dver/page.html")
    try repository.dver("config", "plots.html_template", ".dver/page.html").requireSuccess()
    try repository.dver("plots", "show", "top.csv").requireSuccess()
    #expect(try repository.readText("pages/index.html").hasPrefix("<i><style>"))
    try repository.dver("config", "plots.auto_open", "perhaps").requireStatus(2)
  }

  @Test func aRevisionCanBeShown() throws {
    let repository = try repository()
    #expect(
      values(try json(repository, "show", "v1", "top.csv")) == """
        [{"step": "0", "loss": "1.5", "acc": "0.1", "rev": "v1"}, \
        {"step": "1", "loss": "1.0", "acc": "", "rev": "v1"}]
        """)
  }

  // MARK: Modify

  @Test func propertiesAreWrittenIntoThePipeline() throws {
    let repository = try repository()
    let before = try repository.readText("dver.yaml")
    try repository.dver(
      "plots", "modify", "train.tsv", "-t", "smooth", "-y", "b", "--title", "it's: here"
    ).requireSuccess()
    try repository.dver("plots", "modify", "nohead.csv", "-x", "0").requireSuccess()
    let start = before.ranges(of: "    - train.tsv").first?.lowerBound ?? before.startIndex
    #expect(
      try repository.readText("dver.yaml") == before[..<start] + """
            - train.tsv:
                cache: false
                x: a
                template: smooth
                y: b
                title: "it's: here"
            - nohead.csv:
                cache: false
                header: false  # none
                x: '0'

        """)
    #expect(
      try json(repository, "show", "train.tsv").contains("\"text\": \"it's: here\""))
    try repository.dver("plots", "modify", "nohead.csv", "--unset", "x", "header")
      .requireSuccess()
    #expect(
      try repository.readText("dver.yaml").hasSuffix("- nohead.csv:\n        cache: false\n"))
    try repository.dver("plots", "modify", "nohead.csv", "--unset", "x").requireStatus(2)
    try repository.dver("plots", "modify", "top.csv", "-x", "step").requireStatus(2)
    try repository.dver("plots", "modify", "nohead.csv", "-t", "nosuch").requireStatus(2)
  }

  // MARK: Report

  @Test func aReportHasTablesAndPlots() throws {
    let repository = try repository()
    try repository.append("metrics: [m.json]\n", to: "dver.yaml")
    try repository.write("{\"f1\": 0.5}", to: "m.json")
    try repository.write("rate: 2\n", to: "params.yaml")
    let result = try repository.dver("report", "v1", "-o", "out", "--precision", "3")
      .requireSuccess()
    #expect(result.lines == ["file://\(repository.root)/work/out/index.html"])
    let page = try repository.readText("out/index.html")
    #expect(page.contains("workspace compared with v1"))
    #expect(page.contains("<td>m.json</td><td>f1</td><td class=\"number\">-</td>"))
    #expect(page.contains("<h2>Changed parameters</h2>"))
    #expect(page.contains("<h2>Top</h2>"))
    try repository.dver("report", "nosuch").requireStatus(2)
  }

  @Test func aTargetMayBeAnAbsolutePath() throws {
    let repository = try TemporaryRepository()
    try repository.write("step,acc\n1,2\n", to: "m.csv")
    try repository.write("plots: [m.csv: {x: step, y: acc, title: TT}]\n", to: "dver.yaml")
    let named = try repository.dver("plots", "show", "--json", "m.csv").requireSuccess()
    let absolute = try repository.dver("plots", "show", "--json", "\(repository.path)/m.csv")
      .requireSuccess()
    #expect(named.standardOutput.contains("TT"))
    #expect(absolute.standardOutput == named.standardOutput)
  }
}
