import { type FormEvent, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Lesson } from "../../realtime";
import { Button } from "../../ui/Button";

interface Props {
  lesson: Lesson;
  tutor: string;
  /** The cursor goes into the box whenever this grows. */
  wish: number;
}

/** The protocol's limit of one question. */
const MOST_CHARACTERS = 8_000;

export function QuestionBox({ lesson, tutor, wish }: Props) {
  const { t } = useTranslation();
  const [words, setWords] = useState("");
  const box = useRef<HTMLInputElement>(null);

  useEffect(() => {
    if (wish > 0) box.current?.focus();
  }, [wish]);

  function submit(event: FormEvent) {
    event.preventDefault();
    lesson.ask(words);
    setWords("");
  }

  return (
    <form className="question" onSubmit={submit}>
      <label className="hidden-text" htmlFor="question">
        {t("lesson.askLabel", { name: tutor })}
      </label>
      <input
        id="question"
        ref={box}
        className="input"
        value={words}
        onChange={(event) => setWords(event.target.value)}
        placeholder={t("lesson.askPlaceholder")}
        maxLength={MOST_CHARACTERS}
        autoComplete="off"
        enterKeyHint="send"
        data-testid="question"
      />
      <Button
        type="submit"
        look="primary"
        icon="send"
        iconOnly
        disabled={words.trim() === ""}
        data-testid="send"
      >
        {t("lesson.send")}
      </Button>
    </form>
  );
}
