package func runDver() {}
