import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { Tutor } from "../../api";
import type { Citation } from "../../protocol";
import type { Lesson } from "../../realtime";
import { useStore } from "../../ui/useStore";
import { TurnView } from "./TurnView";

interface Props {
  lesson: Lesson;
  tutor: Tutor;
  onCite: (citation: Citation) => void;
  opened: Citation | null;
  hidden: boolean;
}

/** Nearer to the end than this, the list follows what is said. */
const FOLLOW_PX = 80;

export function ChatPanel({ lesson, tutor, onCite, opened, hidden }: Props) {
  const { t } = useTranslation();
  const turns = useStore(lesson.scene.chat.turns);
  const started = useStore(lesson.started);
  const list = useRef<HTMLElement>(null);
  const following = useRef(true);

  // biome-ignore lint/correctness/useExhaustiveDependencies: follows whenever the turns change
  useEffect(() => {
    const box = list.current;
    if (box && turns.length > 0 && following.current) box.scrollTop = box.scrollHeight;
  }, [turns, hidden]);

  const choose = (choice: string) => lesson.ask(choice);

  function scrolled() {
    const box = list.current;
    if (box) following.current = box.scrollHeight - box.scrollTop - box.clientHeight < FOLLOW_PX;
  }

  return (
    <section
      className="chat"
      ref={list}
      onScroll={scrolled}
      tabIndex={0}
      aria-label={t("chat.title")}
      hidden={hidden}
    >
      {turns.length === 0 ? (
        <Beginning tutor={tutor} />
      ) : (
        <ol className="turns">
          {turns.map((turn, index) => (
            <TurnView
              key={turn.key}
              turn={turn}
              tutor={tutor.name}
              onCite={onCite}
              opened={opened}
              answer={turns[index + 1]?.text ?? null}
              onChoose={started && index === turns.length - 1 ? choose : undefined}
            />
          ))}
        </ol>
      )}
    </section>
  );
}

function Beginning({ tutor }: { tutor: Tutor }) {
  const { t } = useTranslation();
  const key = tutor.documents.length > 0 ? "chat.empty" : "chat.emptyNoLibrary";
  return (
    <div className="chat-empty">
      <p>{t(key, { name: tutor.name })}</p>
      <ul>
        {tutor.documents.map((document) => (
          <li key={document.id}>{document.title}</li>
        ))}
      </ul>
    </div>
  );
}
