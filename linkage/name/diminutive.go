package name

import "strings"

// diminutiveGroups lists given names with the short and pet forms in use for
// them. A form may stand in several groups.
const diminutiveGroups = `
abigail abby abbie gail|abraham abe abram bram|adelaide addie ada della adele|agnes aggie nessie nancy|albert al bert bertie albie|
alexander alex alec sandy xander sasha lex aleksandr alexandr alejandro alessandro sander|alexandra alex sandra sasha lexi alexa|alfred alf alfie fred freddie freddy|alice allie ali elsie lisa|
amanda mandy manda|amelia amy millie milly mellie emily|andrew andy drew andre andreas andrei andrey andrzej|angela angie|ann anne anna annie nan nancy nanny hannah anya|
anthony tony antony anton antonio|archibald archie archy baldie|arthur art artie|augustus gus august augustine|barbara barb barbie babs bobbie|bartholomew bart bat|beatrice bea trixie bee|
benjamin ben benny benji bennie|bernard bernie barney|bridget biddy bridie|calvin cal|cameron cam|caroline carrie carol caro lina|catherine katherine kathryn catharine cathy kathy kate katie kitty kit cath kath katy kat kay katharine catalina ekaterina|
cecil cec|cecilia cissy cis celia|charles charlie charley chuck chas carl karl carlos chaz carlo|charlotte lottie lotte charlie totty|christian chris|christina christine chris tina chrissie kirsty|christopher chris kit topher kester christoph cristobal|
clarence clarrie|clement clem|clifford cliff|constance connie|cornelius neil con corny|cuthbert cuddy bert|cynthia cindy|daniel dan danny dani|david dave davy davie dai davey|deborah debbie deb debra|dennis denny den|
dominic dom nic|donald don donny|dorothy dot dolly dottie dora dorothea dodie|douglas doug duggie|edgar ed eddie|edith edie|edmund ed eddie ned ted edmond|edward ed eddie ned ted teddy eduardo eduard|edwin ed eddie ned|
eleanor ellen nell nellie nora elly lena ella elinor nelly|elijah eli lige|elizabeth eliza liz lizzie beth betty bess bessie betsy libby lisa elsie lily lilibet liza elisabeth elspeth|ellen nell nellie nelly helen|emily em emmy millie milly|emma em emmy emmie|
ernest ernie|esther hetty essie hester|eugene gene evgeny yevgeny|euphemia effie phemie|eva eve evie|evelyn eve evie|ezekiel zeke|ferdinand ferdie|florence flo flora flossie florrie|frances fran fanny frankie francie francesca|
francis frank frankie fran franco francisco francesco|franklin frank|frederick fred freddie freddy fritz frederic frederik friedrich fredrick|gabriel gabe|geoffrey geoff jeff jeffrey jeffery|george georgie geordie jorge georg dod|gerald gerry jerry gerard|gertrude gertie trudy|gilbert gil bert gib|
giles gilles|godfrey geoff|grace gracie|gregory greg gregor|gwendolen gwen wendy|hannah anna annie nan|harold harry hal|harriet hattie harry etta hatty|helen nell nellie ellie lena elena ellen|henrietta hattie etta hetty harriet|henry harry hal hank heinrich henri enrique|
herbert bert herb bertie|hezekiah ky hez|hilda hildy|horace horry|hubert bert hugh|hugh hughie hugo huey|humphrey humph|ian iain|ida idy|ignatius iggy|irene rene|isaac ike zac|isabel isabella bella belle izzy tibby isobel bell ib isabelle|isaiah zay|ivan vanya|jacob jake jack jacobus|
jacqueline jackie|james jim jimmy jamie jem jimmie jas seamus jaime|jane janet jenny jean janie jennie jessie|janet jan jessie nettie jenny|jasper jas|jean jeanie jane|jemima mima jem|jennifer jen jenny jenn|jeremiah jerry jeremy|jeremy jerry jem|jerome jerry|jessica jess jessie|joan joanie jo|joanna jo joan joanne|
john jack johnny jock jon jackie ian ivan juan johann jean hans johan giovanni johnnie jan|jonathan jon jonny john nathan|joseph joe joey jo jos jose josef yusuf josip|josephine jo josie jose fina pheny|joshua josh|josiah jos si|judith judy jude|julia julie jule|julian jules|juliet julie|katherine kate|kenneth ken kenny|
laurence lawrence larry laurie lorry lars lorenzo|leonard len leo lenny leon|leopold leo poldy|leslie les|letitia lettie tish|lewis lew louis lou|lillian lily lil lilly lillie|louis lou louie lewis luis|louisa lou louise lulu|lucas luke luc|lucy lu lucinda luce|luther lute|lydia liddy|mabel may mab amabel|
madeline maddie maud madeleine maddy|magdalene maggie lena magda|malcolm mal|marcus mark marc|margaret maggie meg peggy madge daisy margie greta rita mamie marge margery maisie peg megan margot may mags|maria mary marie mamie|marian marion|marjorie marge margie|mark marcus marco|martha mattie marty patty matty martie martina|
martin marty mart|mary molly polly mamie may maria marie mae minnie moll mitzi|matilda tilly maud mattie tilda matty|matthew matt mat matty mateo matteo|maurice morris mo morrie|maximilian max|maxwell max|melissa mel lissa missy|mercy merry|michael mike mick micky mickey mikey mikhail misha miguel michel michele|mildred millie milly|
millicent millie milly|miranda mandy randy|mitchell mitch|mohammed muhammad mohamed mohammad muhammed mohamad mehmet|montague monty|morgan mo|moses mo moe|nancy nan ann|nathan nat nate|nathaniel nat nate nathan|neville nev|nicholas nick nicky nic nicolas klaus nico nikolai nikolay colin claus|nicola nicky nic nicole|
nigel nige|norman norm|oliver ollie olly noll|olivia liv livvy ollie|oscar ossie|oswald ossie oz ozzie|pamela pam|patience pat patty|patricia pat patty patsy tricia trish|patrick pat paddy patsy rick|paul pauly pablo paolo pavel|pauline polly|peter pete petey pedro piet pietro pyotr|
penelope penny nell|percival percy|percy percival|peregrine perry|philip phil pip phillip philippe felipe|philippa pippa pip|phineas phin|phoebe fibi|phyllis phyl|priscilla cilla prissy cissy|prudence prue|rachel rae ray shelly|ralph rafe raphael|randolph randy dolph|raymond ray|rebecca becky becca reba beck|
reginald reg reggie rex|reuben rube ben|rhoda rodie|richard rick dick ricky rich richie dickie dickon ricardo riccardo|robert bob bobby rob robbie bert robin rab bobbie roberto rupert|roberta bobbie bert|robin rob|roderick rod roddy rick|rodney rod|roger rog hodge|roland rolly rowland roly|ronald ron ronnie|rosalind ros linda|rosamund ros|
rose rosie|rosemary rosie romy|rowland rolly|rudolph rudy dolf rolf|rufus rufe|rupert rob|russell russ|ruth ruthie|samantha sam sammy|samuel sam sammy sammie|sarah sally sadie sal sara|sebastian seb bas|sergei sergey serge sergio|seth|sidney sid syd sydney|silas si|silvester sly vester|simon si sim simeon|solomon sol solly|
sophia sophie sofia sophy|stanley stan|stephanie steph stevie|stephen steve steven stevie steph stefan esteban stephan|stewart stuart stu|susan sue susie suzie sukey susanna suzanne susannah|sylvester sly|tabitha tabby|terence terry|teresa theresa terry tess tessa tracy|thaddeus tad thad|theodora dora thea|theodore ted teddy theo|
theophilus theo|thomas tom tommy thom tam tomas tommie tommaso|timothy tim timmy|tobias toby|ursula ursie|valentine val|valerie val|veronica ronnie|victor vic viktor|victoria vicky tori vic|vincent vin vince vinny|viola vi|violet vi|virginia ginny ginger|vivian viv|vladimir vova volodya|walter wally walt wat|
wilfred wilf fred|wilhelmina mina minnie willa|william bill will billy willie liam wm guillermo wilhelm willy guillaume|winifred win winnie freda|winston win|zachariah zach zack zachary zac|zachary zach zack|
abdul abdel abd|ahmed ahmad achmed|ali aly|hassan hasan|hussein husayn hossein husain hussain|ibrahim ebrahim|ismail ismael|khalid khaled|mahmoud mahmud|mustafa mostafa|omar umar|osama usama|saddam sadam|said saeed sayed syed sayyid|yousef youssef yusuf yousuf josef|
`

// diminutives maps a given name to the groups it stands in.
var diminutives = func() map[string][]uint16 {
	m := map[string][]uint16{}
	for i, group := range strings.Split(strings.ReplaceAll(diminutiveGroups, "\n", ""), "|") {
		for _, w := range strings.Fields(group) {
			m[w] = append(m[w], uint16(i))
		}
	}
	return m
}()

var titles = words(`mr mrs ms miss mx dr prof professor sir dame lord lady rev reverend hon capt captain col colonel gen general maj major lt sgt
	sr jr snr jnr esq phd md mba dds ii iii iv monsieur madame mme mlle herr frau senor senora sheikh shaikh haji hajji hajj mullah maulavi qari president chancellor minister`)

var particles = words(`de del della der den des di da do dos das du la le les las los van von vom zu zum zur ter ten al el as an ar at bin ibn ben bint abu abou of the and y e san santa st saint`)

func words(s string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(s) {
		m[w] = true
	}
	return m
}
