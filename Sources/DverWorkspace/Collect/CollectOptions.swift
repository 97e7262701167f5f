package import DverCore
import DverObjectStore

/// What `gc` is asked to do.
package struct CollectOptions: Sendable {
  package var scope = CollectScope()
  /// Whether a remote's objects are collected too.
  package var cloud = false
  /// Which remote; `nil` for the default one.
  package var remote: String?
  package var isDry = false

  package init() {}
}

/// What `gc` found or did in one store.
package struct CollectSummary: Sendable {
  /// `the cache`, or a remote.
  package let place: String
  /// Objects, and their bytes.
  package struct Amount: Sendable {
    package var count = 0
    package var byteCount: Int64 = 0
  }

  /// Objects that something in scope names.
  package let keptCount: Int
  /// What goes.
  package let unused: Amount
  /// What nothing names and stays, for its packs hold too much else.
  package let left: Amount
  /// What appeared too late to be judged.
  package let youngCount: Int
  /// What was moved to the trash.
  package var moved = Amount()
  /// The folder in the trash; `nil` where nothing was moved.
  package var operation: String?
  /// What was deleted because it had been in the trash for long.
  package var deleted = Amount()
  /// What came back from the trash, because something names it again.
  package var restoredCount = 0
  /// Files in the trash, and their bytes.
  package var trash = Amount()

  let plan: CollectionPlan

  init(place: String, plan: CollectionPlan) {
    self.place = place
    self.plan = plan
    keptCount = plan.keptCount
    unused = Amount(count: plan.count, byteCount: plan.byteCount)
    left = Amount(count: plan.leftCount, byteCount: plan.leftByteCount)
    youngCount = plan.youngCount
  }

  /// The objects that go, sorted.
  package var objects: [(digest: Digest, byteCount: Int64)] {
    plan.objects.map { ($0.digest, $0.byteCount) }
  }
}

/// What came of emptying the trash of one store.
package struct EmptySummary: Sendable {
  package let place: String
  package var deleted = CollectSummary.Amount()
  /// Objects that something names again.
  package var restoredCount = 0
  /// Files that are not old enough.
  package var waiting = CollectSummary.Amount()
  /// How long what is condemned waits.
  package var graceHours: Int64 = 0
  /// Operations that cannot be taken back any more.
  package var endedOperations: [Int] = []
  /// Those of other work trees of the repository.
  package var endedElsewhere: [(folder: String, operations: [Int])] = []

  init(place: String) { self.place = place }
}

/// What came of repacking one store.
package struct RepackSummary: Sendable {
  package let place: String
  package let packCount: Int
  package let looseCount: Int
  package let newPackCount: Int
  package let oldByteCount: Int64
  package let newByteCount: Int64
}
