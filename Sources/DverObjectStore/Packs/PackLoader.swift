import DverCore
import DverFileSystem
import Glibc

/// Finds out which objects a pack holds.
enum PackLoader {
  struct Loaded: Sendable {
    var objects: [PackedObject]
    var damage: PackDamage?
  }

  /// Reads the table of a pack; where that is damaged, the records.
  ///
  /// - Returns: `nil` where the pack is gone.
  static func load(_ pack: Pack, distrustedSince: Int64?) throws -> Loaded? {
    do {
      guard pack.byteCount < PackedObject.offsetLimit else {
        return Loaded(objects: [], damage: .unreadable)
      }
      var loaded = try loadTable(of: pack)
      if let since = distrustedSince, pack.stamp.changed >= since {
        let count = loaded.objects.count
        loaded.objects = try loaded.objects.filter { try pack.isSound($0) }
        if loaded.objects.count < count, loaded.damage == nil { loaded.damage = .records }
      }
      return loaded
    } catch let error as FileSystemError where error.isNotFound || error.code == ESTALE {
      return nil
    } catch let error as FileSystemError where error.isReadFailure {
      return Loaded(objects: [], damage: .unreadable)
    }
  }

  private static func loadTable(of pack: Pack) throws -> Loaded {
    do {
      let reader = try PackReader(pack.source)
      let objects = (0..<reader.objectCount).map { PackedObject(reader[$0], inPack: pack.number) }
      guard reader.name == pack.name else {
        let error = pack.source.damaged(at: 0, "its table has the digest \(reader.name)")
        return Loaded(objects: objects, damage: .table(error))
      }
      return Loaded(objects: objects)
    } catch let error as PackError {
      if let reader = try? PackReader(pack.source, checksHeader: false) {
        let objects = (0..<reader.objectCount).map { PackedObject(reader[$0], inPack: pack.number) }
        return Loaded(objects: objects, damage: .table(error))
      }
      return try loadRecords(of: pack, because: error)
    } catch let error as FileSystemError where error.isReadFailure {
      return try loadRecords(of: pack, because: pack.source.damaged(at: 0, "an I/O error"))
    }
  }

  private static func loadRecords(of pack: Pack, because error: PackError) throws -> Loaded {
    do {
      let recovery = try PackRebuilder(pack.source).scan()
      return Loaded(
        objects: recovery.entries.map { PackedObject($0, inPack: pack.number) },
        damage: .table(error))
    } catch PackError.unsupportedVersion {
      return Loaded(objects: [], damage: .unreadable)
    } catch let error as PackError {
      return Loaded(objects: [], damage: .table(error))
    }
  }
}
