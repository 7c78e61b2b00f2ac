import type { ReactNode } from "react";

/** Something went differently, as a sentence with a way out. */
export function Notice({ children, actions }: { children: ReactNode; actions?: ReactNode }) {
  return (
    <div className="notice" role="alert" data-testid="notice">
      <div className="notice-words">{children}</div>
      {actions && <div className="notice-actions">{actions}</div>}
    </div>
  );
}
