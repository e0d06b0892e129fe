"""Renews docs/commands.md: `python -m bot.commands`."""

from pathlib import Path

from bot.commands.documentation import page

PAGE = Path(__file__).resolve().parents[2] / "docs" / "commands.md"

if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
