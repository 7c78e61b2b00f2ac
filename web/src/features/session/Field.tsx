import { type InputHTMLAttributes, type ReactNode, type SelectHTMLAttributes, useId } from "react";
import "./field.css";

interface Shared {
  label: string;
  hint?: string | undefined;
}

interface InputProps extends Shared, Omit<InputHTMLAttributes<HTMLInputElement>, "className"> {
  name: string;
}

/** A label, a box to write in, and what helps to fill it. */
export function Field({ label, hint, ...rest }: InputProps) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input id={id} className="input" {...described(hint, id)} {...rest} />
      <Hint id={id} hint={hint} />
    </div>
  );
}

interface ChoiceProps extends Shared, Omit<SelectHTMLAttributes<HTMLSelectElement>, "className"> {
  children: ReactNode;
}

/** A label and a few things to choose from. */
export function Choice({ label, hint, children, ...rest }: ChoiceProps) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <select id={id} className="input" {...described(hint, id)} {...rest}>
        {children}
      </select>
      <Hint id={id} hint={hint} />
    </div>
  );
}

/** A box to tick. */
export function Tick({ label, ...rest }: Omit<InputProps, "hint">) {
  return (
    <label className="tick-box">
      <input type="checkbox" {...rest} />
      <span>{label}</span>
    </label>
  );
}

function Hint({ id, hint }: { id: string; hint: string | undefined }) {
  return hint ? (
    <p id={`${id}-hint`} className="field-hint">
      {hint}
    </p>
  ) : null;
}

const described = (hint: string | undefined, id: string) =>
  hint ? { "aria-describedby": `${id}-hint` } : {};
