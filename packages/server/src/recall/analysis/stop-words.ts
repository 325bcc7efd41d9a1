/**
 * English words that say nothing about what a memory is about: articles, pronouns, auxiliaries, prepositions, question
 * words and the fillers of speech. Contractions arrive here without their tail ("don't" as `do`, "we'll" as `we`).
 */
const words = `
a an the this that these those such
i me my mine myself we us our ours ourselves you your yours yourself yourselves
he him his himself she her hers herself it its itself they them their theirs themselves
am is are was were be been being do does did doing done have has had having
can could will would shall should may might must ought wo ca sha ain
and or but nor so if then else than because while although though unless until
of at by for with about against between into through during before after above below to from up down in out on off
over under again further once here there when where why how what which who whom whose
all any both each few more most other some no not only own same too very just also even still yet
as s t d m ll re ve
`;

/** Whether a lower-case word is left out of documents and queries. */
export const isStopWord = (word: string): boolean => stopWords.has(word);

const stopWords: ReadonlySet<string> = new Set(words.trim().split(/\s+/));
