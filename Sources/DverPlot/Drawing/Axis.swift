/// One axis of a chart: what stands along it.
struct Axis {
  enum Content {
    case numbers(AxisTicks)
    case categories([String])
  }

  let content: Content
  let label: String

  var tickLabels: [String] {
    switch content {
    case .numbers(let ticks): ticks.labels
    case .categories(let names): names
    }
  }

  var isCategorical: Bool { if case .categories = content { true } else { false } }

  /// An axis of numbers if all values are numbers, else of categories in the order of their first
  /// appearance.
  init(of values: [Chart.Value], label: String, tickCount: Int) {
    let numbers = values.compactMap(\.number)
    // Text that is no number makes categories; gaps such as not-a-number do not.
    let hasNames = values.contains { value in
      if case .text(let text) = value { value.number == nil && Double(text) == nil } else { false }
    }
    if hasNames {
      self.init(categories: values.map(\.text), label: label)
    } else {
      self.init(numbers: numbers, label: label, tickCount: tickCount)
    }
  }

  init(numbers: [Double], label: String, tickCount: Int) {
    let range = (numbers.min() ?? 0)...(numbers.max() ?? 1)
    content = .numbers(
      AxisTicks(
        covering: range, count: tickCount,
        wholeNumbers: numbers.allSatisfy { $0 == $0.rounded() }))
    self.label = label
  }

  init(categories: [String], label: String) {
    var seen: Set<String> = []
    content = .categories(categories.filter { seen.insert($0).inserted })
    self.label = label
  }
}

/// An axis with places.
struct PlacedAxis {
  let axis: Axis
  private let linear: LinearScale?
  let bands: BandScale?

  init(_ axis: Axis, start: Double, end: Double) {
    self.axis = axis
    switch axis.content {
    case .numbers(let ticks):
      linear = LinearScale(domain: ticks.domain, start: start, end: end)
      bands = nil
    case .categories(let names):
      linear = nil
      bands = BandScale(names, start: start, end: end)
    }
  }

  /// Where a value stands; `nil` for one that has no place.
  func place(_ value: Chart.Value) -> Double? {
    if let bands { return bands.center(of: value.text) }
    return value.number.flatMap { linear?.place($0) }
  }

  /// The ticks, as many as have room at `spacing`.
  func ticks(spacing: Double) -> [(place: Double, label: String)] {
    switch axis.content {
    case .numbers(let ticks):
      return zip(ticks.values, ticks.labels).compactMap { value, label in
        linear.map { (place: $0.place(value), label: label) }
      }
    case .categories(let names):
      guard let bands else { return [] }
      let every = max(1, Int((spacing / max(abs(bands.bandWidth), 0.01)).rounded(.up)))
      return names.enumerated().filter { $0.offset % every == 0 }.compactMap { entry in
        bands.center(of: entry.element).map { (place: $0, label: entry.element) }
      }
    }
  }
}
