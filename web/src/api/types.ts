// Short names for what the server sends and takes; generated from its OpenAPI file by `npm run types`.
import type { components, paths } from './schema';

type Schemas = components['schemas'];

export type Page<T> = { items: T[]; next?: string };

export type User = Schemas['User'];
export type Me = Schemas['Me'];
export type Role = User['role'];
export type RoleInfo = Schemas['Role'];
export type Token = Schemas['Token'];
export type AuditEntry = Schemas['AuditEntry'];
export type AuditCheck = Schemas['AuditCheck'];

export type Run = Schemas['RunView'];
export type RunError = Schemas['RunError'];

export type Upload = Schemas['Upload'];
export type Hints = Schemas['Hints'];
export type Evidence = Schemas['Evidence'];
export type SetAside = Schemas['SetAside'];
export type Reject = Schemas['Reject'];
export type Inspection = Schemas['InspectResult'];
export type InspectFile = Schemas['InspectFile'];
export type InspectTable = Schemas['InspectTable'];
export type ColumnHint = Schemas['InspectColumn'];
export type MappingCheck = Schemas['MappingCheck'];
export type MappingError = Schemas['MappingError'];
export type MappingView = Schemas['MappingView'];

export type Link = Schemas['Link'];
export type Batch = Schemas['Batch'];
export type BatchTable = Schemas['BatchTable'];
export type Drift = Schemas['Drift'];
export type Sample = Schemas['SampleRow'];
export type ImportResult = Schemas['ImportResult'];

export type Source = Schemas['SourceView'];
export type SourceDetail = Schemas['SourceDetail'];
export type Folder = Schemas['Folder'];

export type RowDetail = Schemas['RowView'];

export type Today = paths['/api/v1/today']['get']['responses'][200]['content']['application/json'];
export type Decision = Today['decisions'][number];
export type Metric = Schemas['MetricView'];
export type Dimension = Schemas['DimensionView'];
export type Answered = Schemas['ExploreResult'];
export type Point = Schemas['Point'];
export type Event = Schemas['EventItem'];
export type EventDetail = Schemas['EventView'];
export type Ref = Schemas['PartyRef'];
export type Question = Schemas['SavedQuestion'];
export type Hit = Schemas['Hit'];
export type Party = Schemas['PartyView'];
export type Status = Schemas['StatusView'];

export type CustomerItem = Schemas['CustomerItem'];
export type CustomerView = Schemas['CustomerView'];
export type GoldenField = Schemas['GoldenField'];
export type GoldenValue = Schemas['GoldenValue'];
export type CustomerThing = Schemas['CustomerThing'];
export type CustomerSomeone = Schemas['CustomerSomeone'];
export type TimelineItem = Schemas['TimelineItem'];
export type PortraitView = Schemas['PortraitView'];
export type PortraitTrait = Schemas['PortraitTrait'];
export type TraitNow = Schemas['TraitNow'];
export type TraitView = Schemas['TraitView'];
export type Handover = Schemas['HandoverView'];

export type ReviewPair = Schemas['ReviewPair'];
export type PairEvidence = Schemas['PairEvidence'];
export type WaterfallBar = Schemas['WaterfallBar'];
export type IdentityChange = Schemas['IdentityChange'];
export type IdentityChangeView = Schemas['IdentityChangeView'];
export type IdentityStatus = Schemas['IdentityStatus'];
export type LinkageModel = Schemas['LinkageModel'];
export type LinkageRun = Schemas['LinkageRun'];

export type Rule = Schemas['Rule'];
export type SegmentView = Schemas['SegmentView'];
export type SegmentCount = Schemas['SegmentCount'];
export type SegmentReason = Schemas['SegmentReason'];
export type SegmentMember = Schemas['SegmentMember'];
export type SegmentRefresh = Schemas['SegmentRefresh'];
export type SegmentVersion = Schemas['SegmentVersion'];
export type Holdout = Schemas['HoldoutView'];
export type PastExport = Schemas['PastExport'];
