/// Pictures that belong together: one file in several versions.
package struct ImageGroup: Sendable, Equatable {
  package struct Image: Sendable, Equatable {
    /// The version that it belongs to.
    package var caption: String
    package var format: Format
    package var bytes: [UInt8]

    package init(caption: String, format: Format, bytes: [UInt8]) {
      self.caption = caption
      self.format = format
      self.bytes = bytes
    }

    /// The picture as an address that holds all of it.
    package var address: String { "data:\(format.mediaType);base64,\(Base64.encoded(bytes))" }
  }

  package enum Format: String, Sendable, CaseIterable {
    case png, jpg, jpeg, gif, svg

    /// The format that the ending of a file's name tells; `nil` for what is no picture.
    package init?(fileName: String) {
      let name = fileName.lowercased()
      let format = Self.allCases.first { name.hasSuffix(".\($0.rawValue)") }
      guard let format else { return nil }
      self = format
    }

    package var mediaType: String {
      switch self {
      case .png: "image/png"
      case .jpg, .jpeg: "image/jpeg"
      case .gif: "image/gif"
      case .svg: "image/svg+xml"
      }
    }
  }

  package var title: String
  package var images: [Image]

  package init(title: String, images: [Image]) {
    self.title = title
    self.images = images
  }
}
