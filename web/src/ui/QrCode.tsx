import { useMemo } from "react";
import { encode } from "uqr";

/** Modules of quiet ground on every side; scanners want four. */
const QUIET = 4;

interface Props {
  /** What a phone reads. */
  value: string;
  /** What it leads to, for who does not see it. */
  label: string;
}

/** An address to be scanned by a phone. It is drawn here, so no server learns what stands in it. */
export function QrCode({ value, label }: Props) {
  const { size, path } = useMemo(() => drawn(value), [value]);
  return (
    <svg
      className="qr"
      viewBox={`0 0 ${size} ${size}`}
      role="img"
      aria-label={label}
      shapeRendering="crispEdges"
      data-testid="qr"
    >
      <path d={path} />
    </svg>
  );
}

/** The dark modules as one path, a run of each row at a time. */
export function drawn(value: string): { size: number; path: string } {
  const { size, data } = encode(value, { ecc: "M", border: QUIET });
  let path = "";
  data.forEach((row, y) => {
    for (let x = 0; x < size; x += 1) {
      if (!row[x]) continue;
      const start = x;
      while (row[x + 1]) x += 1;
      path += `M${start} ${y}h${x + 1 - start}v1h-${x + 1 - start}z`;
    }
  });
  return { size, path };
}
