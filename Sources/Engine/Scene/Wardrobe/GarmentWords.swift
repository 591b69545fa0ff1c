/// The nouns of clothes, row by row: `slot layer cover: nouns`. A noun of several words stands as it is written; `thermal~vest` is a
/// vest with that word anywhere before it. The more particular entry wins: `suit jacket` over `jacket`, `thermal~vest` over `vest`.
///
/// British and American words side by side; plurals only where a garment comes in pairs or is a plural by nature.
enum GarmentWords {
  static let table = """
    head base nothing: hat, cap, beanie, beret, bonnet, helmet, headguard, headscarf, headband, hairband, hairclip, hair clip, claw clip, hairpin
    head base nothing: hairpins, hair pin, bobby pins, barrette, scrunchie, hair tie, ribbon, hair ribbon, hair bow, bow, tiara, crown
    head base nothing: flower crown, coronet, circlet, diadem, veil, hijab, turban, fez, fedora, trilby, bowler, bowler hat, top hat
    head base nothing: sombrero, stetson, bandana, bandanna, headwrap, head wrap, kerchief, earmuffs, ear muffs, mortarboard, nightcap
    head base nothing: balaclava, visor, hard hat, hardhat, wimple, coif, tricorn, tricorne, bicorne, kippah, yarmulke, kufi, keffiyeh
    head base nothing: tam, ushanka, fascinator, hairnet, hair net, wig, toque, headdress, headpiece, mantilla, durag, snapback, deerstalker
    head base nothing: cat ears, bunny ears, hair slide, hair comb, hair sticks, laurel wreath, boater, panama, homburg, cloche, pillbox
    head base nothing: sunhat, tam o'shanter, skullcap, headphones, headset

    face base nothing: glasses, sunglasses, spectacles, specs, goggles, monocle, mask, eyepatch, eye patch, respirator, shades, aviators
    face base nothing: blindfold, pince-nez, lorgnette, face shield, eyeglasses, bifocals, nose ring, nose stud, lip ring

    neck base nothing: scarf, tie, necktie, bow tie, bowtie, bow-tie, bolo tie, necklace, choker, pendant, locket, shawl, cravat, ascot
    neck base nothing: ruff, stole, boa, snood, neckerchief, muffler, pashmina, dog tags, lei, torc, amulet, medallion, lanyard, jabot
    neck base nothing: pearls, rosary, stethoscope, wrap, neck gaiter, talisman, chain, beads, scarves, rebozo, dupatta, stock tie

    torso under sleeveless: bra, brassiere, bralette, sports bra, camisole, cami, stays, binder, base layer, thermal top
    torso under top: undershirt, thermal~shirt
    torso under sleeveless: thermal~vest, string~vest, mesh~vest, under-vest, undervest, thermal~camisole, nipple covers, pasties
    torso base nothing: bikini top, bandeau, braces, suspenders, harness, shoulder holster, bustier
    torso base top: shirt, blouse, t-shirt, tshirt, tee, tee-shirt, top, polo, henley, tunic, jersey, smock, kurta, kurti, dashiki
    torso base top: guayabera, button-down, button-up, doublet, pyjama top, pajama top, scrub top, peplum, long-sleeve, rash guard, rash vest
    torso base top: shirtwaist, flannel, kameez, huipil, vyshyvanka, barong, kebaya, polo-shirt, dress shirt, crop-top
    torso base sleeveless: tank, tank top, tank-top, singlet, vest top, crop top, tube top, halter, halter top, halterneck, bodice, choli
    torso base sleeveless: muscle tee, racerback, wifebeater, corset, waspie
    torso mid top: sweater, jumper, pullover, cardigan, cardi, hoodie, hoody, sweatshirt, fleece, gambeson, hauberk, chainmail, chain mail
    torso mid top: mail, mail shirt, chainmail shirt, ringmail, turtleneck, turtle neck, roll-neck, rollneck, roll neck, polo neck
    torso mid top: polo-neck, guernsey, gansey, aran, twinset, twin set, quarter-zip, half-zip, track top, overshirt, shacket
    torso mid top: crewneck, crew neck, byrnie, brigandine, aketon, sweat top, hooded top, mid-layer
    torso mid sleeveless: waistcoat, gilet, vest, sweater vest, bodywarmer, body warmer, jerkin, cuirass, breastplate
    torso mid nothing: bolero, shrug
    torso outer top: coat, overcoat, topcoat, greatcoat, jacket, blazer, raincoat, rain coat, mackintosh, mac, trench, trench coat
    torso outer top: trenchcoat, parka, anorak, windbreaker, windcheater, cagoule, kagoul, pac-a-mac, cloak, cape, capelet, poncho, peacoat
    torso outer top: pea coat, duffel coat, duffle coat, duffel, puffer, puffa, bomber, lab coat, labcoat, sherwani, frock coat, tailcoat
    torso outer top: tails, haori, pelisse, ulster, sports coat, sport coat, windproof, softshell, suit jacket, suit coat, shell jacket
    torso outer top: burnous, serape, ruana, mantle, spencer, redingote, justacorps, waterproof, oilskin, oilskins, barn coat
    torso outer sleeveless: hi-vis, hi-viz, hi-vis~vest, hi-viz~vest, high-vis~vest, high-visibility~vest, reflective~vest, safety~vest
    torso outer sleeveless: tabard, surcoat, life jacket, life vest, lifejacket, tactical~vest, bulletproof~vest, bullet-proof~vest
    torso outer sleeveless: stab~vest, flak jacket, flak~vest, body armour, body armor

    arms base nothing: watch, wristwatch, wrist watch, smartwatch, bracelet, bracelets, bangle, bangles, bracer, bracers, armband, armbands
    arms base nothing: wristband, wristbands, sweatband, sweatbands, arm warmers, vambraces, vambrace, armlet, cufflinks, cuff links
    arms base nothing: fitness tracker, sleeve garters, wrist guards, wrist cuff, corsage, elbow pads, pauldrons, charm bracelet

    hands base nothing: gloves, glove, mittens, mitten, mitts, gauntlets, gauntlet, ring, rings, hand wraps, hand muff, muff, knuckledusters

    waist base nothing: belt, sash, cummerbund, cumberbund, obi, sporran, waist chain, belly chain, girdle, waist cincher
    waist outer nothing: apron, pinny

    legs base trousers: trousers, jeans, pants, slacks, chinos, khakis, cords, corduroys, leggings, jeggings, joggers, sweatpants, sweats
    legs base trousers: jodhpurs, cargos, cargo pants, hakama, churidar, salwar, shalwar, bell-bottoms, bell bottoms, flares, pyjama bottoms
    legs base trousers: pajama bottoms, pyjama trousers, pyjama pants, pajama pants, trackies, tracksuit bottoms, tracksuit trousers, denims
    legs base trousers: plus-fours, plus fours, sharovary, sirwal, breeches, bottoms, overtrousers, palazzos, treggings, drainpipes, moleskins, slouch pants, pantaloons
    legs base trousers: hosen, flannels, trews, harem pants, tracksuit pants, culottes, capris, capri pants, knickerbockers, cropped pants
    legs base skirt: shorts, skirt, miniskirt, mini-skirt, kilt, sarong, tutu, hotpants, hot pants, skort, lungi, dhoti, board shorts
    legs base skirt: boardshorts, lederhosen, bib shorts, pareo, midi-skirt, maxi-skirt, loincloth, lehenga, bermudas, jorts, boxing shorts, wrap skirt
    legs base nothing: swim trunks, swimming trunks, trunks, swim shorts, bikini bottoms, chaps, leg warmers, legwarmers, kneepads
    legs base nothing: knee pads, gaiters, puttees, greaves, shin pads, shin guards, swim briefs, speedos, thigh holster
    legs under nothing: briefs, boxers, boxer shorts, boxer briefs, boxer-briefs, knickers, panties, thong, g-string, underwear, underpants
    legs under nothing: undies, long johns, long-johns, longjohns, petticoat, petticoats, half-slip, half slip, drawers, bloomers, crinoline
    legs under nothing: jockstrap, garter, garters, garter belt, suspender belt, bustle, thermal~leggings, thermal~bottoms
    legs under nothing: thermal~trousers, french knickers, smalls, y-fronts, underskirt, shapewear, pannier, hoop skirt, breechcloth
    legs under legs: tights, stockings, pantyhose, hose, nylons, fishnets, hold-ups, thigh-highs, thigh highs, stocking

    feet base nothing: shoes, trainers, sneakers, sandals, slippers, heels, pumps, flats, loafers, brogues, oxfords, derbies, derbys
    feet base nothing: plimsolls, espadrilles, clogs, mules, wedges, stilettos, flip-flops, flip flops, slides, sliders, crocs, moccasins
    feet base nothing: cleats, geta, zori, platforms, slingbacks, kicks, high-tops, low-tops, high tops, runners, daps, huaraches
    feet base nothing: birkenstocks, mary janes, mary-janes, monk straps, spikes, skates, roller skates, ice skates, rollerblades, sandshoes
    feet base nothing: pointe shoes, footwear, anklet, toe ring, deck shoes, jellies, kitten heels, peep-toes, spats, snowshoes
    feet base nothing: converse, tennis shoes, waraji, pattens, jutti, juttis, winklepickers, creepers, gym shoes
    feet base boots: boots, wellies, wellingtons, wellington boots, galoshes, uggs, doc martens, docs, mukluks, sabatons, waders, gumboots
    feet base boots: chelseas, jackboots, valenki, booties
    feet under nothing: socks, sock, tabi, footies, knee-highs, knee highs, ankle-socks, sockettes, footwraps, bedsocks

    fullbody base dress: dress, gown, sundress, sun dress, minidress, frock, nightgown, nightdress, nightie, nightshirt, night shirt, kimono
    fullbody base dress: yukata, sari, saree, hanbok, cheongsam, qipao, kaftan, caftan, abaya, burqa, burka, jilbab, toga, ball gown, ballgown
    fullbody base dress: hospital gown, dirndl, ao dai, thobe, dishdasha, muumuu, pinafore, habit, cassock, stola, peplos, chiton, shirtdress
    fullbody base dress: maxi-dress, wrap dress, kirtle, anarkali, negligee, negligée, babydoll, sheath, pinafore dress, galabeya
    fullbody base dress: wedding dress, boubou, salwar kameez, shalwar kameez, hanfu, cotehardie, houppelande, playsuit, romper
    fullbody base dress: bath towel, shift dress, skirt suit, slip dress, jellabiya
    fullbody base suit: suit, tuxedo, tux, jumpsuit, onesie, boiler suit, boilersuit, boiler-suit, coveralls, coverall, wetsuit, drysuit
    fullbody base suit: tracksuit, track suit, shell suit, pyjamas, pajamas, pyjama, pjs, jim-jams, scrubs, gi, judogi, dobok, uniform
    fullbody base suit: spacesuit, space suit, flightsuit, flight suit, hazmat suit, catsuit, unitard, costume, whites, chef's whites, three-piece
    fullbody base suit: dinner suit, trouser suit, trouser-suit, pantsuit, pant suit, leathers, fatigues, sleepsuit, armour, armor
    fullbody base suit: plate mail, morning suit, zentai, racing suit, ski suit, snowsuit, snow suit, two-piece, siren suit
    fullbody base suit: combats, livery, regalia, loungewear, sweatsuit, karategi
    fullbody base skirt: overalls, dungarees, dungaree dress, bib overalls, salopettes, shortalls
    fullbody base nothing: swimsuit, swim suit, swimming costume, bathing suit, bikini, tankini, bathers, leotard, bodysuit, monokini
    fullbody base nothing: one-piece, swimwear, burkini, bodystocking
    fullbody outer robe: robe, robes, bathrobe, dressing gown, dressing-gown, housecoat, graduation gown, academic gown, choir robe
    fullbody outer robe: djellaba, chador, banyan, judge's robe, doctoral gown, barrister's gown, kimono robe, vestments
    fullbody under nothing: slip, chemise, shift, lingerie, thermals, union suit, teddy, basque, full slip, body stocking

    accessory base nothing: bag, handbag, tote, tote bag, backpack, rucksack, satchel, purse, clutch, briefcase, umbrella, parasol, brooch
    accessory base nothing: badge, earring, earrings, studs, hoops, pocket square, handkerchief, hanky, pouch, holster, quiver, knapsack
    accessory base nothing: messenger bag, bum bag, bumbag, fanny pack, duffel bag, duffle bag, pocket watch, boutonniere, buttonhole
    accessory base nothing: rosette, medal, medals, epaulettes, brooches, cane, walking stick, fan, reticule, hip flask, wings, bandolier
    accessory base nothing: shoulder bag, crossbody, cross-body, shopping bag, shopper, lapel pin, tie pin, tie clip, piercing, piercings
    accessory base nothing: cufflink, belt bag, sword belt, carpet bag, holdall, nose chain, hat pin, hatpin, pin, basket bag, watch chain
    """
}
