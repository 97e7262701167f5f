extension ModelFileSystem {
  /// What a restarted machine finds.
  func state(after cut: PowerCut) -> [ModelFile] {
    var state = files
    for (effect, fate) in zip(effects, cut.fates(of: effects)) {
      if case .dropped = fate { continue }
      apply(effect, fate, to: &state)
    }
    return state
  }

  private func apply(_ effect: ModelEffect, _ fate: EffectFate, to state: inout [ModelFile]) {
    switch effect.change {
    case .write(let offset, let bytes):
      write(bytes, at: offset, fate, to: &state[effect.file].content)
    case .truncate(let size):
      state[effect.file].content.resize(to: size)
    case .content(let bytes):
      state[effect.file].content.resize(to: bytes.count)
      write(bytes, at: 0, fate, to: &state[effect.file].content)
    case .attributes(let mode):
      state[effect.file].mode = mode
    case .names(let assignments):
      for assignment in assignments {
        state[assignment.directory].names[assignment.name] = assignment.file
        state[assignment.directory].stamp = assignment.stamp
      }
    }
    if case .names = effect.change {
      // The file's own times of content are not touched by its names.
      state[effect.file].stamp.changed = effect.stamp.changed
    } else {
      state[effect.file].stamp = effect.stamp
    }
  }

  private func write(
    _ bytes: [UInt8], at offset: Int, _ fate: EffectFate, to content: inout [UInt8]
  ) {
    var count = bytes.count
    if case .prefix(let part) = fate { count = part }
    if content.count < offset + count { content.resize(to: offset + count) }
    if case .zeros = fate { return }
    content.replaceSubrange(offset..<offset + count, with: bytes[..<count])
  }
}

extension [UInt8] {
  fileprivate mutating func resize(to size: Int) {
    if size < count {
      removeLast(count - size)
    } else {
      append(contentsOf: repeatElement(0, count: size - count))
    }
  }
}
