import { type ReactNode, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../../../ui/Button";

const SHOWN_MS = 2_000;

/** Code as it was written, with a way to take it along. */
export function CodeBlock({ children }: { children?: ReactNode }) {
  const { t } = useTranslation();
  const block = useRef<HTMLPreElement>(null);
  const [copied, setCopied] = useState(false);

  async function copy() {
    await navigator.clipboard.writeText(block.current?.textContent ?? "");
    setCopied(true);
    setTimeout(() => setCopied(false), SHOWN_MS);
  }

  return (
    <div className="rich-code">
      <pre ref={block} tabIndex={0}>
        {children}
      </pre>
      <Button
        look="plain"
        icon={copied ? "done" : "copy"}
        iconOnly
        onClick={() => void copy().catch(() => undefined)}
        data-testid="copy-code"
      >
        {t(copied ? "learning.rich.copied" : "learning.rich.copy")}
      </Button>
    </div>
  );
}
