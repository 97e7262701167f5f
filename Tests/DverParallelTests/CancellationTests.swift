import DverParallel
import Testing

@Suite struct CancellationTests {
  @Test func stays() {
    let cancellation = Cancellation()
    #expect(!cancellation.isRequested())
    cancellation.request()
    #expect(cancellation.isRequested())
    #expect(cancellation.isRequested())
    #expect(!cancellation.isRequested(.kill))
    cancellation.request(.kill)
    #expect(cancellation.isRequested(.kill))
  }

  @Test func killingImpliesStopping() {
    let cancellation = Cancellation()
    cancellation.request(.kill)
    #expect(cancellation.isRequested(.stop))
  }
}
