/// The small words around clothes: what ends a name, what says that something is not worn, what opens it. All in lower case.
enum OutfitWords {
  private static func set(_ text: String) -> Set<String> {
    Set(text.split(whereSeparator: \.isWhitespace).map(String.init))
  }

  static let determiners = set(
    """
    a an the this that these those my your his her its our their some any both each every another one two three single
    left right whose someone's somebody's
    """)

  static let owners = set("my your his her its our their")

  static let persons = set("him her it them me us himself herself itself themselves myself yourself each")

  /// No word of a name: where the words before a noun cease to describe it.
  static let ends = set(
    """
    and or nor but plus with without in on over under underneath beneath below above atop of at to from into onto upon
    by for as than like around round about across through between behind beside near against off up down out away back
    inside outside within toward towards along amid despite except besides minus sans
    i you he she it we they them him me us who which that there here what where when while because so if then
    is are was were be been being am isn't aren't wasn't it's she's he's i'm i've you're they're we're there's that's
    has have had having do does did done doesn't didn't don't can could will would shall should may might must
    no not never neither none nothing just only still also even too either always usually often today tonight now ever
    once again already almost maybe perhaps well ok okay oh yes please instead rather simply otherwise mostly probably
    wear wore wears wearing sported sporting don donned dons donning put puts putting pull pulls pulled pulling
    take takes took taken taking remove removed removes removing grab grabbed grabs carry carries carried carrying hold
    holds held holding keep keeps kept keeping leave leaves leaving got get gets getting choose chose chooses chosen
    pick picked picks add adds added adding find found finds shows showing reveal reveals revealing revealed
    include includes including tug tugs tugging adjust adjusts adjusting smooth smooths smoothing tie tying buttoning
    unbuttoning zipping unzipping dropped drops dropping toss tossing tosses throw throws threw throwing
    slipping slips kicks kicking peel peels peeling shrug shrugs shrugging shed sheds shedding clutching
    clutches swap swaps swapped swapping trade trades traded trading change changes changed changing featuring
    wraps dressed think thinks say says said see sees seen want wants need needs lose loses lost
    forget forgets forgot loosens loosen unties untie unbuttons unbutton unzips unzip straightens straighten fold
    toward starts make makes made go goes went come comes came sit sits stand stands walk walks
    favouring paired consisting consists topped finished completed complements accompanied sets setting
    """)

  /// Ends in an s and describes a garment all the same; every other unknown word with an s at its end is taken for a verb.
  static let describingWithS = set(
    "sports mens womens ladies unisex sweats cargos harris fables levis polka-dots christmas canvas tennis madras"
  )

  /// After a noun: the noun only describes a thing that is no garment.
  static let carriers = set(
    """
    shop shops store stores rack racks hook hooks hanger hangers pocket pockets sleeve sleeves collar collars cuff cuffs
    hem hems polish box boxes drawer drawers stand stands maker makers buckle button buttons lace laces zip zipper lining
    tail tails strap straps heel heels tree trees check room closet cupboard press peg pegs case cases seller designer size
    sizes line lines fabric pattern brim toe toes sole soles print prints lapel lapels neckline waistband hood loop loops window windows cable cables
    """)

  /// A thing made of cloth, after "of"; in "a coat of paint" the coat is none.
  static let materials = set(
    """
    silk satin velvet wool woollen cotton linen lace leather suede denim tweed tulle chiffon cashmere fur felt muslin
    brocade taffeta organza crepe jersey flannel corduroy canvas mail chainmail steel iron gold silver pearls pearl beads
    feathers hide furs sequins plastic rubber latex lycra nylon polyester mohair angora fleece gauze damask hemp straw
    """)

  /// A stranger to clothes unless something before it says otherwise: "to the top", "a ring of people", "I watch".
  static let weak = set(
    """
    top tie belt suit slip wrap mask ring rings chain watch pumps flats heels slides whites shift stays mail vest bag pin
    fan studs hoops tails habit runners docs wings medals medal cane bow tank crown costume uniform smalls drawers bottoms
    platforms converse spikes hose stole ruff mantle trench mac duffel bomber puffer flares cords shades specs mules
    wedges sliders pouch clutch badge sheath scrubs leathers harness garter armour armor cap cape dress visor shrug
    polo jersey tee flannel fleece bonnet collar beads muff quiver basque teddy purse fatigues combats livery briefs
    kicks spats shades jellies gi respirator holster medallion skates coat hide wig tux mitts veil
    """)

  /// Nouns that also describe a noun that follows: "a one-piece navy swimsuit".
  static let adjectival = set(
    """
    one-piece two-piece three-piece hi-vis hi-viz button-down button-up quarter-zip half-zip roll-neck rollneck polo-neck
    turtleneck crewneck halterneck halter racerback peplum sheath long-sleeve puffer bomber trench duffel tank polo fleece
    flannel jersey waterproof softshell windproof platforms wrap denims crop-top y-fronts high-tops sheath bolero
    """)

  static let negators = set(
    """
    no not never without neither nor none isn't aren't wasn't weren't doesn't don't didn't hasn't haven't can't won't
    lacking minus sans cannot wouldn't shouldn't ain't refuses forgot forgets
    """)

  /// Before "off" or "out of", and alone where the particle stands after the garment.
  static let strippingVerbs = set(
    """
    take takes took taken taking pull pulls pulled pulling kick kicks kicked kicking slip slips slipped slipping peel peels
    peeled peeling strip strips stripped stripping shrug shrugs shrugged shrugging tug tugs tugged tugging throw throws
    threw thrown throwing toss tosses tossed tossing get gets got getting whip whips whipped step steps stepped stepping
    wriggle wriggles wriggled climb climbs climbed change changes changed changing slide slides slid shake shakes shook
    come comes came has have had pry pries prised wrestle wrestles wrestled ease eases eased cast casts fling flings
    toe toes toed work works worked shimmy shimmies
    """)

  static let removingVerbs = set(
    """
    remove removes removed removing shed sheds shedding discard discards discarded discarding doff doffs doffed ditch
    ditches ditched abandon abandons abandoned lose loses lost forget forgets forgot unwind unwinds unwraps
    """)

  /// Says that a garment is not on the body, unless a part of the body follows.
  static let layingVerbs = set(
    """
    hang hangs hung hanging drape drapes draped draping drop drops dropped dropping fold folds folded folding toss tosses
    tossed tossing throw throws threw thrown throwing fling flings flung set sets setting lay lays laid laying place places
    placed placing leave leaves left leaving put puts putting stuff stuffs stuffed tuck tucks packs pack packed stow stows
    stowed dump dumps dumped sling slings slung
    """)

  static let carryingVerbs = set(
    """
    carry carries carried carrying hold holds held holding clutch clutches clutched clutching swing swings swung swinging
    dangle dangles dangled dangling grip grips gripped gripping bring brings brought bringing offer offers offered offering
    """)

  /// What is done with clothes that nobody has on.
  static let tendingVerbs = set(
    """
    polish polishes polished polishing wash washes washed washing iron irons ironed ironing mend mends mended mending sew
    sews sewed sewing knit knits knitting buy buys bought buying sell sells sold selling want wants wanted need needs
    needed wish wishes wished fill fills filled filling clean cleans cleaning dry dries drying collect collects raise
    raises clink clinks sketch sketches draw draws paint paints browse admire admires repair repairs rinse rinses
    """)

  static let exchangingVerbs = set(
    "swap swaps swapped swapping trade trades traded trading exchange exchanges exchanged replace replaces replaced replacing"
  )

  /// After the garment: it lies somewhere.
  static let layingStates = set(
    """
    abandoned discarded forgotten lying lies lay left folded drying packed tossed dumped kicked hung hooked hanging hangs
    draped slung thrown flung waiting waits piled crumpled heaped dropped removed shed stashed carried held tucked resting
    sits strewn cast
    """)

  static let furniture = set(
    """
    chair chairs armchair desk table sofa couch bed floor hook peg hanger hall hallway door doorway rack stand wardrobe
    closet drawer suitcase locker banister bannister railing rail bench stool ground sand grass rug carpet counter shelf
    dresser radiator line clothesline washing-line wash laundry basket car seat backseat porch hand hands lap home bag
    backpack rucksack pocket side bedpost handlebars windowsill sill steps stairs corner bar bannisters fence branch tree
    rock pile heap nail mat mannequin hatstand coatstand cloakroom foyer lobby reception arm arms elbow
    """)

  static let carryingParts = set("hand hands arm arms elbow fist fingers grip grasp lap")

  static let body = set(
    "shoulder shoulders neck waist hips head body back chest him them herself himself me myself hair ears ear face middle"
  )

  /// Of those, the ones that no chair has.
  static let clearBody = set(
    "shoulder shoulders neck waist hips him them herself himself me myself ears middle")

  static let places = set(
    "on over across in by beside at under behind upon against onto into from to near next aside off")

  static let opened = set(
    """
    open opened unbuttoned unzipped unziped undone unfastened unlaced unbelted unclasped unsnapped half-open half-unbuttoned
    half-unzipped open-front unhooked untied half-buttoned half-undone unbuckled unbuttonned wide-open
    """)

  static let openingVerbs = set(
    """
    unbutton unbuttons unbuttoning unzip unzips unzipping open opens opening undo undoes undoing unfasten unfastens
    unfastening unclasp unclasps unlace unlaces unbelt unbelts unsnap unsnaps
    """)

  static let closed = set(
    """
    closed shut buttoned zipped fastened belted clasped laced tied done zipped-up buttoned-up pinned cinched tightly tight
    """)

  static let sheer = set(
    "sheer transparent see-through translucent mesh gauzy gauze fishnet clear diaphanous")

  static let tying = set(
    "tie ties tied tying knot knots knotted wrap wraps wrapped slung sling slings fasten fastened cinched")

  static let kin = set(
    """
    dad's father's mum's mom's mother's brother's sister's boyfriend's girlfriend's husband's wife's cousin's grandmother's
    grandfather's grandma's grandpa's gran's nan's uncle's aunt's friend's partner's son's daughter's roommate's flatmate's
    neighbour's neighbor's ex's best roommates' granddad's grandad's colleague's lover's today's yesterday's one's
    """)

  /// Endings of those who give a garment its name: a fisherman's jumper, a chef's hat.
  static let trades = [
    "man's", "men's", "er's", "or's", "chef's", "pirate's", "nurse's", "monk's", "priest's", "cook's",
    "boy's", "lady's", "ladies'", "maid's", "wizard's", "witch's", "cyclist's", "knight's", "bishop's",
    "king's", "queen's", "guard's", "pilot's", "artist's",
  ]
}
