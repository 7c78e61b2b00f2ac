import { useId } from "react";

interface Props {
  label: string;
  hint?: string;
  value: string;
  max: number;
  /** More than one line. */
  rows?: number;
  required?: boolean;
  testId?: string;
  onChange: (value: string) => void;
}

/** A line or several lines of text, with a label. */
export function TextField(props: Props) {
  const { label, hint, value, max, rows, required, testId, onChange } = props;
  const id = useId();
  const common = {
    id,
    value,
    maxLength: max,
    required,
    "data-testid": testId,
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
