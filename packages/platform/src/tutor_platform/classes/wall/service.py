"""Who is in a lesson now, visits and words of staff, and the news of both.

Whoever has a lesson open is shown to its student by name for as long as it is open: nobody listens unseen.
"""

from sqlalchemy.ext.asyncio import AsyncSession

from tutor_platform.audit.service import note
from tutor_platform.authz.doors import access_lesson, access_watched_lesson
from tutor_platform.authz.subject import Scope, Subject
from tutor_platform.classes import repository as classes
from tutor_platform.classes.models import TeacherWords
from tutor_platform.classes.schemas import Named
from tutor_platform.classes.service import named, policy
from tutor_platform.classes.wall.board import VISIT_LASTS, LiveWall, Visitor
from tutor_platform.classes.wall.news import News, event
from tutor_platform.classes.wall.schemas import (
    Company,
    LessonCompany,
    MessageView,
    Presence,
    WallLesson,
)
from tutor_platform.kit.clock import Clock
from tutor_platform.kit.errors import Conflict
from tutor_platform.kit.ids import new_id
from tutor_platform.lessons import repository as lessons
from tutor_platform.lessons.models import Lesson
from tutor_platform.safety.review import repository as review
from tutor_platform.tutors import repository as tutors
from tutor_platform.tutors.models import Tutor
from tutor_platform.tutors.service import tutor_brief

MAX_CARDS = 200
WORDS_CHARS = 80


def words_view(words: TeacherWords) -> MessageView:
    """A teacher's words as pages see them."""
    return MessageView(
        id=words.id,
        lesson_id=words.lesson_id,
        after_seq=words.after_seq,
        name=words.name,
        content=words.content,
        created_at=words.created_at,
    )


class Wall:
    """The live wall of this process."""

    def __init__(self, board: LiveWall, news: News, clock: Clock) -> None:
        self._board = board
        self._news = news
        self._clock = clock

    async def lessons(self, db: AsyncSession, subject: Subject) -> list[WallLesson]:
        """Lessons of the students of the person's classes that go on now."""
        subject.require(Scope.TEACH)
        open_ones = await review.live(db, subject, MAX_CARDS)
        live = [each for each in open_ones if self.is_live(each)]
        students = await classes.people_by_ids(db, subject, {each.person_id for each in live})
        names = await classes.class_names_of(db, subject, set(students))
        known = await tutors.by_ids(db, subject, {each.tutor_id for each in live})
        shows_words = (await policy(db, subject.tenant_id)).words_on_wall
        return [
            self._card(each, named(students[each.person_id]), names, tutor, shows_words)
            for each in live
            if (tutor := known.get(each.tutor_id)) is not None and each.person_id in students
        ]

    def _card(
        self, lesson: Lesson, student: Named, names: dict[str, list[str]], tutor: Tutor, words: bool
    ) -> WallLesson:
        seen = self._board.seen(lesson.id)
        return WallLesson(
            lesson_id=lesson.id,
            student=student,
            classes=names.get(lesson.person_id, []),
            tutor=tutor_brief(tutor),
            mode=lesson.mode,
            since=seen.since if seen else lesson.started_at,
            state=seen.state if seen else "waiting",
            level=seen.level if seen else None,
            reason=seen.reason if seen else "",
            loss=seen.loss if seen else None,
            last_words=(seen.words[:WORDS_CHARS] or None) if seen and words else None,
            visitors=self._present(lesson.id),
        )

    def _present(self, lesson_id: str) -> list[Named]:
        return [Named(id=v.person_id, name=v.name) for v in self._board.visitors(lesson_id)]

    def is_live(self, lesson: Lesson) -> bool:
        """Whether the student is in this lesson now."""
        return lesson.ended_at is None and self._board.is_live(lesson.id, lesson.person_id)

    # Visits ----------------------------------------------------------------------------------------------

    async def visit(self, db: AsyncSession, subject: Subject, lesson_id: str) -> Presence:
        """Open a lesson that goes on: audited, and the student sees who is here.

        Raises:
            NotFound: no such lesson for this person.
            Conflict: the lesson has ended.
        """
        lesson = await self._watched(db, subject, lesson_id)
        await self.show(db, subject, lesson)
        return Presence(lasts_s=int(VISIT_LASTS.total_seconds()))

    async def show(self, db: AsyncSession, subject: Subject, lesson: Lesson) -> None:
        """Tell the student of an unfinished lesson that the person has it open; the first time is audited."""
        visitor = await self._visitor(db, subject)
        if self._board.visit(lesson.id, lesson.person_id, visitor):
            await note(db, subject, "lesson.visited", lesson.id)
            self.tell_company(lesson.id, lesson.person_id)

    async def leave(self, db: AsyncSession, subject: Subject, lesson_id: str) -> None:
        """Close it."""
        lesson = await access_watched_lesson(db, subject, lesson_id)
        subject.require(Scope.REVIEW)
        if self._board.leave(lesson_id, await self._visitor(db, subject)):
            self.tell_company(lesson_id, lesson.person_id)

    async def say(self, db: AsyncSession, subject: Subject, lesson_id: str, content: str) -> MessageView:
        """Write into a lesson that goes on, as its teacher; the tutor does not say these words."""
        lesson = await self._watched(db, subject, lesson_id)
        await self.show(db, subject, lesson)
        visitor = await self._visitor(db, subject)
        words = TeacherWords(
            id=new_id(),
            lesson_id=lesson_id,
            person_id=subject.person_id,
            name=visitor.name,
            after_seq=await lessons.next_seq(db, lesson_id) - 1,
            content=content,
            created_at=self._clock(),
        )
        db.add(words)
        await note(db, subject, "lesson.written_into", lesson_id)
        return words_view(words)

    async def company(self, db: AsyncSession, subject: Subject, lesson_id: str) -> LessonCompany:
        """Who of the staff is in the person's own lesson, and what they wrote into it."""
        lesson = await access_lesson(db, subject, lesson_id)
        words = await classes.words_in(db, lesson.id)
        return LessonCompany(present=self._present(lesson.id), words=[words_view(each) for each in words])

    def tell_words(self, person_id: str, words: MessageView) -> None:
        """Show stored words to the student; called when they are stored."""
        self._news.tell(person_id, event("words", words))

    async def student_of(self, db: AsyncSession, subject: Subject, lesson_id: str) -> str:
        """Whose lesson it is."""
        return (await access_watched_lesson(db, subject, lesson_id)).person_id

    async def _watched(self, db: AsyncSession, subject: Subject, lesson_id: str) -> Lesson:
        lesson = await access_watched_lesson(db, subject, lesson_id)
        subject.require(Scope.REVIEW)
        if lesson.ended_at is not None:
            raise Conflict("ended")
        return lesson

    async def _visitor(self, db: AsyncSession, subject: Subject) -> Visitor:
        people = await classes.people_by_ids(db, subject, {subject.person_id})
        return Visitor(subject.person_id, people[subject.person_id].name)

    def tell_company(self, lesson_id: str, person_id: str) -> None:
        """Show the student who of the staff is here."""
        company = Company(lesson_id=lesson_id, present=self._present(lesson_id))
        self._news.tell(person_id, event("company", company))
        self._news.mark("wall")
