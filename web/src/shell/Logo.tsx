/** The shovel. */
export function Logo({ size = 28 }: { size?: number }) {
  return <img src="./logo.svg" width={size} height={size} alt="" style={{ display: 'block', flex: 'none' }} />;
}
