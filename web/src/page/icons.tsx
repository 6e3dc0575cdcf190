import {
  AccountBookOutlined as AccountBookOutlinedDrawn,
  FileDoneOutlined as FileDoneOutlinedDrawn,
  AppstoreOutlined as AppstoreOutlinedDrawn,
  ArrowLeftOutlined as ArrowLeftOutlinedDrawn,
  AuditOutlined as AuditOutlinedDrawn,
  BgColorsOutlined as BgColorsOutlinedDrawn,
  CheckCircleOutlined as CheckCircleOutlinedDrawn,
  CheckOutlined as CheckOutlinedDrawn,
  CloseCircleFilled as CloseCircleFilledDrawn,
  CloudUploadOutlined as CloudUploadOutlinedDrawn,
  ContactsOutlined as ContactsOutlinedDrawn,
  DashboardOutlined as DashboardOutlinedDrawn,
  DatabaseOutlined as DatabaseOutlinedDrawn,
  DeleteOutlined as DeleteOutlinedDrawn,
  DesktopOutlined as DesktopOutlinedDrawn,
  DownOutlined as DownOutlinedDrawn,
  DownloadOutlined as DownloadOutlinedDrawn,
  EnterOutlined as EnterOutlinedDrawn,
  ExclamationCircleFilled as ExclamationCircleFilledDrawn,
  ExportOutlined as ExportOutlinedDrawn,
  EyeOutlined as EyeOutlinedDrawn,
  FileSearchOutlined as FileSearchOutlinedDrawn,
  FolderOpenOutlined as FolderOpenOutlinedDrawn,
  FunctionOutlined as FunctionOutlinedDrawn,
  IdcardOutlined as IdcardOutlinedDrawn,
  InboxOutlined as InboxOutlinedDrawn,
  InfoCircleFilled as InfoCircleFilledDrawn,
  InfoCircleOutlined as InfoCircleOutlinedDrawn,
  KeyOutlined as KeyOutlinedDrawn,
  LeftOutlined as LeftOutlinedDrawn,
  LineChartOutlined as LineChartOutlinedDrawn,
  LinkOutlined as LinkOutlinedDrawn,
  LockOutlined as LockOutlinedDrawn,
  LogoutOutlined as LogoutOutlinedDrawn,
  MenuFoldOutlined as MenuFoldOutlinedDrawn,
  MenuOutlined as MenuOutlinedDrawn,
  MenuUnfoldOutlined as MenuUnfoldOutlinedDrawn,
  MinusOutlined as MinusOutlinedDrawn,
  MoonOutlined as MoonOutlinedDrawn,
  PlusOutlined as PlusOutlinedDrawn,
  QuestionCircleOutlined as QuestionCircleOutlinedDrawn,
  ReloadOutlined as ReloadOutlinedDrawn,
  RightOutlined as RightOutlinedDrawn,
  RollbackOutlined as RollbackOutlinedDrawn,
  SafetyCertificateOutlined as SafetyCertificateOutlinedDrawn,
  SaveOutlined as SaveOutlinedDrawn,
  SearchOutlined as SearchOutlinedDrawn,
  SettingOutlined as SettingOutlinedDrawn,
  SunOutlined as SunOutlinedDrawn,
  SwapOutlined as SwapOutlinedDrawn,
  TeamOutlined as TeamOutlinedDrawn,
  ThunderboltOutlined as ThunderboltOutlinedDrawn,
  TranslationOutlined as TranslationOutlinedDrawn,
  UnorderedListOutlined as UnorderedListOutlinedDrawn,
  UploadOutlined as UploadOutlinedDrawn,
  UsergroupAddOutlined as UsergroupAddOutlinedDrawn,
  UserOutlined as UserOutlinedDrawn,
} from '@ant-design/icons';
import type { ComponentProps, ComponentType } from 'react';

type Props = ComponentProps<typeof AppstoreOutlinedDrawn>;

/** quiet takes away the English name that each icon brings along: the text or label beside it says more. */
function quiet(Drawn: ComponentType<Props>) {
  return function Icon(props: Props) {
    const named = props['aria-label'] !== undefined;
    return <Drawn {...props} {...(named ? {} : { 'aria-hidden': true, 'aria-label': undefined, role: undefined })} />;
  };
}

export const AccountBookOutlined = quiet(AccountBookOutlinedDrawn);
export const FileDoneOutlined = quiet(FileDoneOutlinedDrawn);
export const AppstoreOutlined = quiet(AppstoreOutlinedDrawn);
export const ArrowLeftOutlined = quiet(ArrowLeftOutlinedDrawn);
export const AuditOutlined = quiet(AuditOutlinedDrawn);
export const BgColorsOutlined = quiet(BgColorsOutlinedDrawn);
export const CheckCircleOutlined = quiet(CheckCircleOutlinedDrawn);
export const CheckOutlined = quiet(CheckOutlinedDrawn);
export const CloseCircleFilled = quiet(CloseCircleFilledDrawn);
export const CloudUploadOutlined = quiet(CloudUploadOutlinedDrawn);
export const ContactsOutlined = quiet(ContactsOutlinedDrawn);
export const DashboardOutlined = quiet(DashboardOutlinedDrawn);
export const DatabaseOutlined = quiet(DatabaseOutlinedDrawn);
export const DeleteOutlined = quiet(DeleteOutlinedDrawn);
export const DesktopOutlined = quiet(DesktopOutlinedDrawn);
export const DownOutlined = quiet(DownOutlinedDrawn);
export const DownloadOutlined = quiet(DownloadOutlinedDrawn);
export const EnterOutlined = quiet(EnterOutlinedDrawn);
export const ExclamationCircleFilled = quiet(ExclamationCircleFilledDrawn);
export const ExportOutlined = quiet(ExportOutlinedDrawn);
export const EyeOutlined = quiet(EyeOutlinedDrawn);
export const FileSearchOutlined = quiet(FileSearchOutlinedDrawn);
export const FolderOpenOutlined = quiet(FolderOpenOutlinedDrawn);
export const FunctionOutlined = quiet(FunctionOutlinedDrawn);
export const IdcardOutlined = quiet(IdcardOutlinedDrawn);
export const InboxOutlined = quiet(InboxOutlinedDrawn);
export const InfoCircleFilled = quiet(InfoCircleFilledDrawn);
export const InfoCircleOutlined = quiet(InfoCircleOutlinedDrawn);
export const KeyOutlined = quiet(KeyOutlinedDrawn);
export const LeftOutlined = quiet(LeftOutlinedDrawn);
export const LineChartOutlined = quiet(LineChartOutlinedDrawn);
export const LinkOutlined = quiet(LinkOutlinedDrawn);
export const LockOutlined = quiet(LockOutlinedDrawn);
export const LogoutOutlined = quiet(LogoutOutlinedDrawn);
export const MenuFoldOutlined = quiet(MenuFoldOutlinedDrawn);
export const MenuOutlined = quiet(MenuOutlinedDrawn);
export const MenuUnfoldOutlined = quiet(MenuUnfoldOutlinedDrawn);
export const MinusOutlined = quiet(MinusOutlinedDrawn);
export const MoonOutlined = quiet(MoonOutlinedDrawn);
export const PlusOutlined = quiet(PlusOutlinedDrawn);
export const QuestionCircleOutlined = quiet(QuestionCircleOutlinedDrawn);
export const ReloadOutlined = quiet(ReloadOutlinedDrawn);
export const RightOutlined = quiet(RightOutlinedDrawn);
export const RollbackOutlined = quiet(RollbackOutlinedDrawn);
export const SafetyCertificateOutlined = quiet(SafetyCertificateOutlinedDrawn);
export const SaveOutlined = quiet(SaveOutlinedDrawn);
export const SearchOutlined = quiet(SearchOutlinedDrawn);
export const SettingOutlined = quiet(SettingOutlinedDrawn);
export const SunOutlined = quiet(SunOutlinedDrawn);
export const SwapOutlined = quiet(SwapOutlinedDrawn);
export const TeamOutlined = quiet(TeamOutlinedDrawn);
export const ThunderboltOutlined = quiet(ThunderboltOutlinedDrawn);
export const TranslationOutlined = quiet(TranslationOutlinedDrawn);
export const UnorderedListOutlined = quiet(UnorderedListOutlinedDrawn);
export const UploadOutlined = quiet(UploadOutlinedDrawn);
export const UsergroupAddOutlined = quiet(UsergroupAddOutlinedDrawn);
export const UserOutlined = quiet(UserOutlinedDrawn);
