import Providers
import Testing

@Suite struct TokenGaugeTests {
  @Test func `a guess at first, then what the server counted, for that model alone`() {
    var gauge = TokenGauge()
    #expect(gauge.tokens(350, model: "a") == 100 && gauge.tokens(0, model: "a") == 0)
    gauge.learn(1000, tokens: 500, model: "a")
    #expect(gauge.tokens(1000, model: "a") == 500 && gauge.tokens(350, model: "b") == 100)
    for _ in 0..<20 { gauge.learn(1000, tokens: 250, model: "a") }
    #expect((250...252).contains(gauge.tokens(1000, model: "a")))
  }

  @Test func `counts that no language gives are left out`() {
    var gauge = TokenGauge()
    // From a cache, of a prompt that was cut, of hardly any text, and none at all.
    gauge.learn(10_000, tokens: 12, model: "a")
    gauge.learn(300, tokens: 301, model: "a")
    gauge.learn(199, tokens: 100, model: "a")
    gauge.learn(1000, tokens: 0, model: "a")
    #expect(gauge.tokens(350, model: "a") == 100)
    gauge.learn(200, tokens: 200, model: "a")
    #expect(gauge.tokens(350, model: "a") == 350)
  }
}
