import { type ReactNode, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../../ui/Button";
import { useErrorText } from "../../ui/useErrorText";
import type { SpokenClip } from "./useSpokenClip";

const MAX_CHARS = 200;

interface Props {
  /** What is said until the teacher writes something else. */
  usual: string;
  spoken: SpokenClip;
  onSay: (text: string) => void;
  children?: ReactNode;
}

/** A sentence of the teacher's, and the button that lets the face say it. */
export function SayForm({ usual, spoken: { clip, rest }, onSay, children }: Props) {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const id = useId();
  const [own, setOwn] = useState<string | null>(null);
  const text = own ?? usual.slice(0, MAX_CHARS);
  const busy = clip.state === "making";
  return (
    <form
      className="say"
      onSubmit={(event) => {
        event.preventDefault();
        if (clip.state === "there") rest();
        else if (text.trim() !== "" && !busy) onSay(text);
      }}
    >
      <div className="field">
        <label htmlFor={id}>{t("tutors.say.sentence")}</label>
        <input
          id={id}
          className="input"
          value={text}
          maxLength={MAX_CHARS}
          autoComplete="off"
          onChange={(event) => setOwn(event.target.value)}
        />
      </div>
      {children}
      <Button
        type="submit"
        icon={clip.state === "there" ? "stop" : "sound"}
        disabled={busy || text.trim() === ""}
        data-testid="say"
      >
        {t(
          busy ? "tutors.say.making" : clip.state === "there" ? "tutors.say.stop" : "tutors.say.go",
        )}
      </Button>
      <p className="small" role={clip.state === "failed" ? "alert" : "status"}>
        {clip.state === "failed" ? errorText(clip.error).text : busy && t("tutors.say.wait")}
      </p>
    </form>
  );
}
