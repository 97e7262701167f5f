import TestSupport
import Testing

@testable import DverPlot

@Suite struct AxisTicksTests {
  private func labels(_ low: Double, _ high: Double, count: Int = 5) -> [String] {
    AxisTicks(covering: low...high, count: count).labels
  }

  @Test func ticksAreRoundAndCoverTheRange() {
    #expect(labels(0, 1) == ["0", "0.2", "0.4", "0.6", "0.8", "1.0"])
    #expect(labels(0.31, 0.94) == ["0.3", "0.4", "0.5", "0.6", "0.7", "0.8", "0.9", "1.0"])
    #expect(labels(0, 19_900) == ["0", "5,000", "10,000", "15,000", "20,000"])
    #expect(
      labels(-3, 4) == [
        "\u{2212}3", "\u{2212}2", "\u{2212}1", "0", "1", "2", "3", "4",
      ])
  }

  @Test func labelsTellNeighboursApart() {
    #expect(labels(1e9, 5e9) == ["1G", "2G", "3G", "4G", "5G"])
    #expect(labels(0, 4e-8) == ["0", "1e-8", "2e-8", "3e-8", "4e-8"])
    #expect(labels(2e20, 4e20).first == "2e20")
    #expect(Set(labels(1_000_000, 1_000_004)).count == labels(1_000_000, 1_000_004).count)
  }

  @Test func oneValueGetsRoomAroundIt() {
    let ticks = AxisTicks(covering: 3...3, count: 5)
    #expect(ticks.domain.lowerBound < 3)
    #expect(ticks.domain.upperBound > 3)
    #expect(AxisTicks(covering: 0...0, count: 5).domain.contains(0))
  }

  @Test func extremesAreNoTrouble() {
    for range in [
      -Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude,
      0...Double.leastNonzeroMagnitude, 1e300...1.0000001e300, -1e-300...1e-300,
    ] {
      let ticks = AxisTicks(covering: range, count: 6)
      #expect(ticks.values.count >= 2 && ticks.values.count <= 16)
      #expect(ticks.values.allSatisfy { $0.isFinite })
    }
  }

  @Test func countsAreShownAtWholeNumbers() {
    let ticks = AxisTicks(covering: 0...2, count: 6, wholeNumbers: true)
    #expect(ticks.labels == ["0", "1", "2"])
  }

  @Test(arguments: 1...50)
  func ticksRiseAndCoverAnyRange(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let low = Double.random(in: -1000...1000, using: &generator)
    let high = low + Double.random(in: 1e-6...1e6, using: &generator)
    let ticks = AxisTicks(covering: low...high, count: 6)
    let slack = (high - low) * 1e-9
    #expect(ticks.domain.lowerBound <= low + slack)
    #expect(ticks.domain.upperBound >= high - slack)
    #expect(zip(ticks.values, ticks.values.dropFirst()).allSatisfy { $0 < $1 })
    #expect(Set(ticks.labels).count == ticks.labels.count, "\(ticks.labels)")
  }
}

@Suite struct NumberLabelTests {
  @Test func valuesHaveSixDigitsAtMost() {
    #expect(NumberLabel.text(0.123456789) == "0.123457")
    #expect(NumberLabel.text(12.5) == "12.5")
    #expect(NumberLabel.text(1_234_567) == "1,234,567")
    #expect(NumberLabel.text(-0.5) == "\u{2212}0.5")
    #expect(NumberLabel.text(1e-9) == "1e-9")
    #expect(NumberLabel.text(2.5e20) == "2.5e20")
  }

  @Test func coordinatesAreShort() {
    #expect(1.0.coordinate == "1")
    #expect(1.5.coordinate == "1.5")
    #expect(1.05.coordinate == "1.05")
    #expect((-0.004).coordinate == "0")
    #expect(Double.nan.coordinate == "0")
    #expect(Double.infinity.coordinate == "0")
  }
}
