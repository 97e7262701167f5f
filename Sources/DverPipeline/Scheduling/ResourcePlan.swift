import DverCore
package import DverManifest

/// The resources of a plan: how much there is of each, and what its stages take while they run.
package struct ResourcePlan: Sendable {
  /// Stages that take the same are of one kind.
  struct Kind: Hashable, Sendable {
    struct Share: Hashable, Sendable {
      let resource: Int
      let amount: Int64
    }

    /// Ascending by resource.
    var shares: [Share] = []
  }

  private(set) var totals: [Int64] = []
  private(set) var kinds: [Kind] = []
  /// The kind of each place of the plan.
  private(set) var kindOf: [Int] = []
  /// What places lack on this machine.
  private var shortages: [Int: ResourceShortage] = [:]

  private enum Name: Hashable {
    case cpus, memory, gpus
    case other(String)
    case mutex(String)
  }

  /// A plan of which nothing takes anything.
  package init(stageCount: Int) {
    kinds = [Kind()]
    kindOf = Array(repeating: 0, count: stageCount)
  }

  /// - Parameters:
  ///   - stages: In the order of the plan.
  ///   - capacity: What there is; not asked where no stage needs to know.
  package init(_ stages: [Stage], capacity: () throws -> Capacity) rethrows {
    self.init(stageCount: stages.count)
    let isNeeded = stages.contains { $0.resources != StageResources() || !$0.mutexes.isEmpty }
    guard isNeeded else { return }
    (kinds, kindOf) = ([], [])
    var builder = Builder(try capacity(), sharesCPUs: stages.contains { $0.resources.cpus != nil })
    var numbers: [Kind: Int] = [:]
    for (place, stage) in stages.enumerated() {
      let (kind, shortage) = builder.kind(of: stage)
      if let shortage { shortages[place] = shortage }
      let number = numbers[kind] ?? kinds.count
      if number == kinds.count {
        numbers[kind] = number
        kinds.append(kind)
      }
      kindOf.append(number)
    }
    totals = builder.totals
  }

  /// What stages, by number, need more of than there is; never CPUs, of which they then get all.
  ///
  /// - Parameter plan: The number of each place.
  func shortages(of plan: [Int]) -> [Int: ResourceShortage] {
    Dictionary(uniqueKeysWithValues: shortages.map { (plan[$0.key], $0.value) })
  }

  /// Numbers resources as they are met.
  private struct Builder {
    private let capacity: Capacity
    private let sharesCPUs: Bool
    private var places: [Name: Int] = [:]
    private(set) var totals: [Int64] = []

    init(_ capacity: Capacity, sharesCPUs: Bool) {
      self.capacity = capacity
      self.sharesCPUs = sharesCPUs
    }

    mutating func kind(of stage: Stage) -> (Kind, ResourceShortage?) {
      var shares: [Kind.Share] = []
      var shortage: ResourceShortage?
      for (name, amount) in Self.needs(of: stage, sharesCPUs: sharesCPUs) where amount > 0 {
        let place = place(of: name)
        shares.append(Kind.Share(resource: place, amount: min(amount, totals[place])))
        if amount > totals[place], shortage == nil {
          shortage = Self.shortage(name, amount, totals[place])
        }
      }
      shares = shares.filter { $0.amount > 0 }.sorted { $0.resource < $1.resource }
      return (Kind(shares: shares), shortage)
    }

    private mutating func place(of name: Name) -> Int {
      if let known = places[name] { return known }
      places[name] = totals.count
      let total =
        switch name {
        case .cpus: ResourcePlan.thousandths(capacity.cpus)
        case .memory: capacity.memory.value
        case .gpus: capacity.gpus
        case .other(let name): capacity.others(name) ?? 1
        case .mutex: Int64(1)
        }
      totals.append(total)
      return totals.count - 1
    }

    private static func needs(of stage: Stage, sharesCPUs: Bool) -> [(Name, Int64)] {
      let resources = stage.resources
      var needs: [(Name, Int64)] = []
      if sharesCPUs { needs.append((.cpus, ResourcePlan.thousandths(resources.cpus ?? 1))) }
      if let memory = resources.memory { needs.append((.memory, memory.value)) }
      if let gpus = resources.gpus { needs.append((.gpus, gpus)) }
      needs += resources.others.map { (.other($0.name), $0.count) }
      var seen: Set<String> = []
      needs += stage.mutexes.filter { seen.insert($0).inserted }.map { (.mutex($0), 1) }
      return needs
    }

    private static func shortage(
      _ name: Name, _ needed: Int64, _ present: Int64
    ) -> ResourceShortage? {
      switch name {
      // Slower, but no reason to fail.
      case .cpus, .mutex: nil
      case .memory:
        ResourceShortage(
          resource: "memory", needed: "\(ByteCount(needed))", present: "\(ByteCount(present))")
      case .gpus: ResourceShortage(resource: "gpus", needed: "\(needed)", present: "\(present)")
      case .other(let name):
        ResourceShortage(resource: name, needed: "\(needed)", present: "\(present)")
      }
    }
  }

  /// Fractions of CPUs as whole numbers, so that sums are exact.
  private static func thousandths(_ cpus: Double) -> Int64 {
    max(1, Int64((min(cpus, 1e9) * 1000).rounded(.up)))
  }
}
