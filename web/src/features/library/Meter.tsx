/** A part of a whole. */
export function Meter({ label, share }: { label: string; share: number }) {
  return <progress className="meter" aria-label={label} max={1} value={share} />;
}
