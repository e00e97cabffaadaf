"""Makes connectors/console/static/urgent.wav again: the two notes that the console rings for an urgent message.

python scripts/build_bell.py
"""

from __future__ import annotations

import math
import wave
from pathlib import Path

TARGET = Path(__file__).parent.parent / "connectors" / "console" / "static" / "urgent.wav"
RATE = 16_000  # samples a second
NOTES = ((880.0, 0.18), (1174.7, 0.32))  # Hz, seconds; heard through a busy room, and not shrill
PAUSE = 0.05


def main() -> None:
    with wave.open(str(TARGET), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(RATE)
        for pitch, seconds in NOTES:
            file.writeframes(bytes(tone(pitch, seconds)) + bytes([128]) * int(PAUSE * RATE))


def tone(pitch: float, seconds: float) -> list[int]:
    """A note that begins softly and dies away, as unsigned bytes."""
    count = int(seconds * RATE)
    return [128 + round(100 * loudness(at / count) * math.sin(2 * math.pi * pitch * at / RATE)) for at in range(count)]


def loudness(at: float) -> float:
    """From 0 to 1 and back; `at` from 0 to 1."""
    return min(1.0, at / 0.05) * math.exp(-3 * at)


if __name__ == "__main__":
    main()
