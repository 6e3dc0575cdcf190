// What the server says about claims. The shapes are those of the API.

export type Text = { zh: string; en: string };
export type Num = number | null;

export const faces = [
  'floor',
  'ceiling',
  'constant',
  'hours',
  'campaign',
  'precision',
  'idea',
  'speed',
  'coverage',
  'broker',
  'continuity',
] as const;
export type Face = (typeof faces)[number];

export const grades = ['A', 'B', 'C', 'D'] as const;
export type Grade = (typeof grades)[number];

export const states = ['run', 'refused', 'sealed', 'draft', 'withdrawn'] as const;
export type State = (typeof states)[number];

export type RollOut = { team?: string; unit?: string; since: string; until?: string };
export type Entry = { verbs: string[]; where?: string[]; first?: boolean; until?: string };

export type Claim = {
  id: string;
  title: Text;
  question: Text;
  face: Face;
  shovel?: string;
  unit: string;
  period?: string;
  cluster?: string;
  window: { since: string; until: string };
  population?: { entry?: Entry; verbs?: string[]; where?: string[]; teams?: string[] };
  outcome: {
    metric?: string;
    verbs?: string[];
    of?: string[];
    where?: string[];
    measure?: string;
    column?: string;
    line?: number;
    match?: string;
    within?: number;
    beyond?: number;
    unit?: Text;
    lower?: boolean;
  };
  exposure: {
    kind: string;
    design: string;
    shovel?: string;
    where?: string[];
    attr?: string;
    dates?: RollOut[];
    hours?: number;
  };
  estimator?: { method?: string; also?: string[] };
  covariates?: { name: string; attr?: string; party?: string; before?: number; known: string }[];
  money?: {
    definition: string;
    verb?: string;
    per_unit?: number;
    lo?: number;
    hi?: number;
    factor?: number;
    currency?: string;
    note?: Text;
  };
  costs?: { wages?: number; external?: number; objects?: string[]; note?: Text };
  year?: string;
  author?: string;
};

export type Figure = {
  name: string;
  title: Text;
  kind: string;
  value: Num;
  lo: Num;
  hi: Num;
  se: Num;
  p: Num;
  unit: Text;
  method?: string;
};

export type Diagnostic = {
  code: string;
  severity: string;
  text: Text;
  values?: Record<string, Num>;
  trap?: boolean;
};

export type Refusal = { code: string; reason: Text; mde: Num; test: Text };
export type Balance = { name: string; treated: Num; control: Num; smd: Num };
export type Bar = { group: string; when: string; mean: Num; n: number; since: string; until: string };
export type SeriesPoint = { period: string; treated: Num; control: Num; n_treated: number; n_control: number };
export type EventTime = { e: number; effect: Num; lo: Num; hi: Num };
export type Worth = {
  definition: string;
  currency: string;
  per_unit: Figure;
  quantity: Num;
  gross: Figure;
  cost: Num;
  net: Figure;
  note: Text;
};
export type Influenced = { touched: Num; caused: Figure; gap: Num; money: boolean; unit: Text; note: Text };

export type Finding = {
  method: string;
  grade: Grade;
  figures: Figure[] | null;
  refusal: Refusal | null;
  diagnostics: Diagnostic[] | null;
  counts: {
    rows: number;
    units: number;
    treated: number;
    control: number;
    exposed: number;
    clusters: number;
    events: number;
    left_out: number;
    censored: number;
  };
  balance?: Balance[] | null;
  bars?: Bar[] | null;
  series?: SeriesPoint[] | null;
  event_times?: EventTime[] | null;
  worth?: Worth | null;
  influenced?: Influenced | null;
  small?: boolean;
  command: string;
};

export type RowRef = { batch: string; row: number };
export type Moment = { began: string; ended: string; value: Num; unit: Text; team?: string; rows: RowRef[] | null };
export type Example = {
  text: Text;
  when: string;
  before?: Moment | null;
  after?: Moment | null;
  rows: RowRef[] | null;
};

export type Result = {
  claim: string;
  version: number;
  run: string;
  ts: string;
  actor: string;
  code: string;
  seed: number;
  finding: Finding;
  about: {
    loaded_until: string;
    events: number;
    left_out: number;
    why?: { code: string; n: number; text: Text }[] | null;
    first?: Record<string, string> | null;
  };
  example?: Example | null;
  sample: string;
  evidence: string;
  digest: string;
  withdrawn?: boolean;
};

export type Seal = {
  ts: string;
  actor: string;
  hash: string;
  code: string;
  audit: number;
  pre_registered: boolean;
  seen: number;
};
export type Sign = { role: string; actor: string; name: string; ts: string; note: string; hash: string };

export type Version = {
  claim: Claim;
  version: number;
  yaml: string;
  hash: string;
  author: string;
  created: string;
  seal?: Seal | null;
  signs: Sign[] | null;
};

export type Item = { id: string; state: State; version: Version; result?: Result | null; why?: string };

export type Row = Omit<Item, 'why'> & { q: Num; holds: boolean; counted: boolean; why: Text };
export type FaceSum = { face: Face; claims: number; run: number; refused: number; gross: Num; cost: Num; net: Num };
export type Overlap = { a: string; b: string; shared: number; share: Num };
export type Step = {
  kind: string;
  grade?: Grade;
  claims?: string[] | null;
  amount: Num;
  lo: Num;
  hi: Num;
  title: Text;
};
export type Bridge = {
  definition: string;
  stat: string;
  since: string;
  until: string;
  before: Num;
  after: Num;
  growth: Num;
  steps: Step[] | null;
  capped: boolean;
  note: Text;
};
export type Ledger = {
  year: string;
  rows: Row[] | null;
  faces: FaceSum[] | null;
  overlap: Overlap[] | null;
  total: { currency: string; gross: Figure; cost: Num; net: Figure; counted: number };
  bridge: Bridge[] | null;
  tests: number;
  notes: Text[] | null;
  counts: Partial<Record<State, number>> | null;
};
