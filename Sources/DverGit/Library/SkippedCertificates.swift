/// Stands in for the function of mbed TLS with which libgit2 reads the system's certificates.
///
/// Where libgit2 is built with mbed TLS, as on Debian, starting it parses some 140 certificates for
/// connections that dver never makes. That takes 5.5 ms of every command that uses git, ten times
/// as long as opening a repository, and there is no option against it. The dynamic linker prefers
/// this definition in the program to that of the library; it leaves the list empty and reports
/// success. A libgit2 with another TLS library does not call it.
@c(mbedtls_x509_crt_parse_file)
public func skipCertificates(
  _ certificates: OpaquePointer?, _ path: UnsafePointer<CChar>?
) -> Int32 {
  0
}
