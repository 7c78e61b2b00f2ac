import { useId } from "react";

interface Props {
  label: string;
  hint?: string;
  value: string;
  max: number;
  /** More than one line. */
  rows?: number;
  onChange: (value: string) => void;
}

/** A line or several lines of text, with a label. */
export function TextField({ label, hint, value, max, rows, onChange }: Props) {
  const id = useId();
  const common = {
    id,
    value,
    maxLength: max,
    ...(hint === undefined ? {} : { "aria-describedby": `${id}-hint` }),
  };
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {rows === undefined ? (
        <input
          {...common}
          className="input"
          autoComplete="off"
          onChange={(event) => onChange(event.target.value)}
        />
      ) : (
        <textarea
          {...common}
          className="input"
          rows={rows}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
      {hint !== undefined && (
        <p className="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </div>
  );
}
