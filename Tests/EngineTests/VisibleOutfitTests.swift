import Engine
import Model
import Testing

/// What covers what: a table of outfits, and of what each hides. Everything else that is worn shows.
@Suite struct VisibleOutfitTests {
  /// `outfit => hidden`, garments apart by commas.
  static let table = """
    red dress =>
    white shirt, blue jeans =>
    white shirt, black bra => black bra
    silk blouse, camisole => camisole
    open shirt, black bra =>
    unbuttoned blouse, camisole =>
    sheer blouse, black bra =>
    transparent raincoat, red sweater =>
    clear plastic raincoat, red sweater =>
    mesh top, sports bra =>
    tank top, sports bra => sports bra
    crop top, bra => bra
    sports bra, leggings =>
    waistcoat, white shirt =>
    waistcoat, camisole => camisole
    gilet, fleece, polo shirt => polo shirt
    gilet, white shirt =>
    jerkin, linen shirt =>
    sweater vest, white shirt =>
    sweater, white shirt => white shirt
    sweater, white shirt, undershirt => white shirt, undershirt
    cardigan, white blouse => white blouse
    open cardigan, white blouse =>
    unbuttoned cardigan, camisole =>
    hoodie, t-shirt => t-shirt
    unzipped hoodie, t-shirt =>
    zipped hoodie, t-shirt => t-shirt
    fleece, thermal vest => thermal vest
    turtleneck, camisole => camisole
    jacket, t-shirt => t-shirt
    open jacket, t-shirt =>
    unzipped leather jacket, hoodie, t-shirt => t-shirt
    leather jacket, hoodie, t-shirt => hoodie, t-shirt
    open jacket, open hoodie, t-shirt =>
    long coat, jumper, shirt, jeans => jumper, shirt
    open long coat, jumper, shirt => shirt
    coat, red dress =>
    coat, blazer, shirt => shirt
    coat, scarf, shirt => shirt
    trench coat, skirt, tights => 
    trench coat, trousers, boxers => boxers
    cloak, tunic, breeches => tunic
    open cloak, tunic =>
    cape, gown =>
    poncho, shirt => shirt
    hi-vis vest, work jacket, hoodie => hoodie
    hi-vis vest, sweater =>
    tabard, chainmail, tunic => tunic
    surcoat, hauberk =>
    hauberk, gambeson, linen shirt => linen shirt
    lab coat, shirt => shirt
    open lab coat, shirt =>
    blue jeans, briefs => briefs
    jeans, boxers, belt => boxers
    shorts, boxers => boxers
    shorts, tights =>
    skirt, panties => panties
    skirt, tights =>
    skirt, stockings, garter belt => garter belt
    skirt, petticoat => petticoat
    kilt, boxers => boxers
    sheer skirt, briefs =>
    jeans, tights => tights
    trousers, long johns => long johns
    leggings, thong => thong
    ski trousers, thermal leggings => thermal leggings
    swim trunks =>
    sarong, bikini =>
    sarong, bikini bottoms =>
    chaps, jeans =>
    leg warmers, leggings =>
    boots, wool socks => wool socks
    ankle boots, socks => socks
    wellies, socks, jeans => socks
    shoes, socks =>
    trainers, ankle socks =>
    sandals, socks =>
    slippers, bed socks =>
    loafers, socks, trousers =>
    clogs, tabi =>
    boots, tights, dress =>
    boots, stockings, skirt =>
    dress, bra => bra
    dress, panties => panties
    dress, bra, panties, tights => bra, panties
    dress, slip => slip
    gown, chemise => chemise
    gown, stays, petticoat => stays, petticoat
    sari, petticoat, choli => petticoat
    dress, leggings =>
    dress, cardigan =>
    dress, waistcoat =>
    dress, white shirt =>
    sheer dress, bra =>
    kimono, obi, tabi, geta =>
    nightgown, panties => panties
    hanbok, white socks =>
    abaya, hijab =>
    suit, white shirt, tie =>
    suit, undershirt => undershirt
    suit, briefs => briefs
    suit, tights => tights
    suit, waistcoat, shirt =>
    tuxedo, dress shirt, bow tie, cummerbund =>
    overcoat, suit, shirt => shirt
    jumpsuit, bra, briefs => bra, briefs
    boiler suit, long johns => long johns
    wetsuit, swimsuit =>
    catsuit, tights => tights
    pyjamas, briefs => briefs
    scrubs, undershirt => undershirt
    leotard, tights =>
    leotard, bra =>
    swimsuit =>
    dungarees, t-shirt =>
    dungarees, briefs => briefs
    dungarees, tights =>
    bathrobe, pyjamas =>
    bathrobe, t-shirt, pyjama bottoms => t-shirt
    open bathrobe, t-shirt =>
    dressing gown, nightgown =>
    dressing gown, bra => bra
    bathrobe, panties => panties
    graduation gown, shirt, tie => shirt
    open graduation gown, navy dress =>
    robe, slip => slip
    silk robe, camisole, briefs => camisole, briefs
    apron, white shirt =>
    apron, dress =>
    belt, sash, jeans =>
    shirt, tie, scarf =>
    coat, necklace, brooch =>
    gloves, ring, watch =>
    mask, hat, veil =>
    coat, tote bag, umbrella =>
    braces, shirt =>
    bolero, camisole =>
    shrug, white blouse =>
    corset =>
    leather corset over a blouse =>
    """

  @Test func `every outfit of the table shows and hides what it should`() {
    let rows = Self.table.split(separator: "\n")
    #expect(rows.count >= 120)
    for row in rows {
      let halves = row.split(separator: "=>", omittingEmptySubsequences: false)
      let outfit = OutfitReader.garments(in: String(halves[0]))
      let seen = VisibleOutfit(outfit)
      let wanted = halves[1].split(separator: ",").map { $0.split(separator: " ").joined(separator: " ") }
        .filter { !$0.isEmpty }
      #expect(Set(seen.hidden.map(\.name)) == Set(wanted), "\(row)")
      #expect(seen.visible.count + seen.hidden.count == outfit.count, "\(row)")
      #expect(outfit.count == halves[0].split(separator: ",").count || row.contains("over"), "\(row)")
    }
  }

  @Test func `what is taken off neither shows nor hides`() {
    let outfit = [
      Garment(name: "coat", slot: .torso, layer: .outer, worn: false),
      Garment(name: "white shirt", slot: .torso, layer: .base),
    ]
    #expect(VisibleOutfit(outfit).visible.map(\.name) == ["white shirt"])
    #expect(VisibleOutfit(outfit).hidden.isEmpty)
  }

  @Test func `garments that no table knows go by their slot and layer`() {
    let outfit = [
      Garment(name: "zorblax", slot: .torso, layer: .outer),
      Garment(name: "quux", slot: .torso, layer: .base),
      Garment(name: "frob", slot: .legs, layer: .under), Garment(name: "plugh", slot: .head, layer: .base),
    ]
    #expect(VisibleOutfit(outfit).hidden.map(\.name) == ["quux"])
    let open = [Garment(name: "zorblax", slot: .torso, layer: .outer, open: true), outfit[1]]
    #expect(VisibleOutfit(open).hidden.isEmpty)
  }
}
