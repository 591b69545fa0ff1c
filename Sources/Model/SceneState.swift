public import Base

/// The scene after a message: a full snapshot, so that a branch carries its own.
public struct SceneState: Codable, Hashable, Sendable {
  public var outfit: [Garment]
  public var location: String?
  public var action: String?
  public var mood: String?
  public var affinity: Int?
  /// What macros have set; it changes when a turn commits, and so follows the branch.
  public var variables: [String: String]?
  /// When the scene was last found out or set; nil where only variables have changed.
  public var at: Timestamp?

  public init(
    outfit: [Garment] = [], location: String? = nil, action: String? = nil, at: Timestamp? = nil
  ) {
    self.outfit = outfit
    self.location = location
    self.action = action
    self.at = at
  }
}

public struct Garment: Codable, Hashable, Sendable {
  public enum Slot: String, Codable, Hashable, Sendable, CaseIterable {
    case head, face, neck, torso, arms, hands, waist, legs, feet, fullbody, accessory
  }
  public enum Layer: String, Codable, Hashable, Sendable, CaseIterable { case under, base, mid, outer }

  public var name: String
  public var slot: Slot
  public var layer: Layer
  public var worn: Bool
  public var open: Bool?

  public init(name: String, slot: Slot, layer: Layer, worn: Bool = true, open: Bool? = nil) {
    self.name = name
    self.slot = slot
    self.layer = layer
    self.worn = worn
    self.open = open
  }
}
