import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../../ui/Button";

/** Something shown once, with a button that copies it. */
export function Copied({ label, value }: { label: string; value: string }) {
  return (
    <div className="once">
      <p className="once-label">{label}</p>
      <code className="once-value" data-testid="once">
        {value}
      </code>
      <CopyAll text={value} />
    </div>
  );
}

/** A button that copies; where the browser refuses, the text is on the page and can be copied by hand. */
export function CopyAll({ text }: { text: string }) {
  const { t } = useTranslation();
  const [copied, setCopied] = useState(false);
  return (
    <Button
      icon={copied ? "done" : "copy"}
      onClick={() =>
        void navigator.clipboard.writeText(text).then(
          () => setCopied(true),
          () => undefined,
        )
      }
    >
      {t(copied ? "people.copied" : "people.copy")}
    </Button>
  );
}
