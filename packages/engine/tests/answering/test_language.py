import pytest

from tutor_engine.answering.language import Detected, detect_language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("What is gravity?", "en"),
        ("photosynthesis", "en"),
        ("Lightning is electricity", "en"),
        ("blood is refraction", "en"),
        ("Ion, ist das ein Teilchen?", "other"),
        ("Who was Leonardo da Vinci?", "en"),
        ("F = m a?", "en"),
        ("What is π?", "en"),
        ("42", "en"),
        ("", "en"),
        ("How do I say bonjour in English?", "en"),
        ("Was the Moon ever hot?", "en"),
        ("Tell me about the Doppler effect, please", "en"),
        ("What does 司南 mean?", "en"),
        ("什么是引力？", "zh"),
        ("DNA 是什么", "zh"),
        ("请解释 Newton's second law of motion", "zh"),
        ("為什麼天空是藍色的", "zh"),
        ("好", "zh"),
        ("Qu'est-ce que la gravité ?", "other"),
        ("Bonjour", "other"),
        ("¿Qué es la gravedad?", "other"),
        ("por que el cielo es azul", "other"),
        ("Was ist die Schwerkraft?", "other"),
        ("Che cosa è la gravità?", "other"),
        ("O que é a gravidade?", "other"),
        ("Wat is de zwaartekracht?", "other"),
        ("Что такое гравитация?", "other"),
        ("重力とは何ですか？", "other"),
        ("중력이란 무엇입니까?", "other"),
        ("ما هي الجاذبية؟", "other"),
        ("गुरुत्वाकर्षण क्या है?", "other"),
        ("Τι είναι η βαρύτητα;", "other"),
        ("Trọng lực là gì?", "other"),
        ("Yerçekimi nedir?", "other"),
    ],
)
def test_detected(text: str, language: Detected) -> None:
    assert detect_language(text) == language
