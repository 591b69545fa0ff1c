package import HTTP

/// The loop's isolation, for rooms that may look no further down than this one.
package typealias Loop = HTTP.Loop
