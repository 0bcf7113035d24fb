"""Text that gives orders to a model instead of telling us something."""
# ruff: noqa: E501, RUF001 - one pattern a line, in many languages and scripts

from __future__ import annotations

import re
from functools import lru_cache

# Each needs an order and its object, so that ordinary mail ("ignore my previous mail") passes.
_PATTERNS = (
    # en
    r"(?:ignore|disregard|forget|override|bypass)\b.{0,30}\b(?:instructions?|prompts?|rules|guidelines|polic(?:y|ies)|directives)\b",
    r"\b(?:system|developer|hidden)\s+(?:prompt|message|instructions?)\b",
    r"\byou are (?:now )?(?:an? |the )?(?:\w+ ){0,2}(?:ai|llm|language model|chatbot|assistant|agent|dan)\b",
    r"\b(?:as|dear|attention|hey|note to(?: the)?) (?:an? |the )?(?:ai|llm|language model|ai assistant|ai agent)\b",
    r"\b(?:reveal|print|repeat|output|show|leak)\b.{0,30}\b(?:your|the) (?:system |initial |hidden )?(?:prompt|instructions|api key|password|secret)",
    r"\b(?:jailbreak|developer mode|do anything now|prompt injection)\b",
    r"\b(?:forward|send|e-?mail|mail|bcc|cc|copy)\b.{0,60}\b(?:all|every|these|those|the|our|your|customer|internal|conversation)\b.{0,80}@[\w.-]+\.\w+",
    r"\b(?:approve|execute|run|send|process|book|pay)\b.{0,40}\b(?:automatically|without (?:any )?(?:approval|review|asking|human|confirmation))",
    r"\bset (?:the |your )?(?:confidence|intent|urgency|budget|status)\b.{0,20}\b(?:to|=)",
    r"\b(?:do not|don't|never) (?:tell|inform|notify|alert|mention (?:this|it) to)\b.{0,20}\b(?:user|human|operator|approver|anyone|reviewer)",
    r"\bin (?:the|your) (?:reply|answer|response|summary|output),? (?:please )?(?:ask|tell|include|mention|say|add|write|link|put)\b",
    r"\bnew (?:instructions?|task|rules)\s*:",
    r"<\s*/?\s*(?:system|assistant|instructions?|im_start|im_end)\b|\[/?(?:INST|SYSTEM)\]|<\|[a-z_]+\|>|^#{2,}\s*(?:system|instruction)",
    # de, fr, es, it, nl, pt
    r"(?:ignorier|missachte|vergiss|vergessen sie)\w*\b.{0,40}\b(?:anweisung|anweisungen|vorgaben|regeln|instruktionen|prompt)",
    r"(?:ignore[rz]?|oublie[rz]?|ne tenez pas compte)\b.{0,40}\b(?:instructions|consignes|règles|directives)",
    r"(?:ignor[ae]|olvid[ae]|ignoren|haz caso omiso)\b.{0,40}\b(?:instrucciones|reglas|indicaciones|órdenes)",
    r"(?:ignora|dimentica|ignorate|ignori)\b.{0,40}\b(?:istruzioni|regole|indicazioni)",
    r"(?:negeer|vergeet)\b.{0,40}\b(?:instructies|regels|opdrachten|aanwijzingen)",
    r"(?:ignore|esqueça|desconsidere)\b.{0,40}\b(?:instruções|regras|orientações)",
    r"\bdu bist (?:jetzt |nun )?(?:ein\w* )?(?:ki|assistent|sprachmodell)|\btu es (?:maintenant )?(?:une? )?(?:ia|assistant)|\beres (?:ahora )?(?:una? )?(?:ia|asistente)",
    # pl, cs, sv, tr, ru, uk, zh, ja, ko, ar
    r"(?:zignoruj|pomiń)\b.{0,40}\b(?:instrukcje|polecenia)|ignoruj\w*\b.{0,40}\b(?:pokyny|instrukce|instrukcje)|ignorera\b.{0,40}\b(?:instruktioner|anvisningar)",
    r"(?:talimatları|komutları)\b.{0,20}\b(?:yok say|görmezden gel|unut)",
    r"(?:игнорируй|игнорируйте|проигнорируй|забудь|забудьте|ігноруй)\w*\b.{0,40}(?:инструкц|указани|правил|інструкц)",
    r"(?:忽略|无视|無視|忘记|忘記).{0,20}(?:指令|指示|提示|规则|規則)|(?:指示|命令|プロンプト|ルール).{0,12}(?:無視|忘れ)",
    r"(?:지시|명령|규칙).{0,12}(?:무시|잊어)|(?:تجاهل|انس).{0,40}(?:التعليمات|الأوامر|القواعد)",
)  # fmt: skip
_ORDER = re.compile("|".join(_PATTERNS), re.IGNORECASE | re.MULTILINE)
_SHOWN = 80


@lru_cache(maxsize=32)  # several rules read the same few texts of a job
def order_in(text: str) -> str:
    """The first words of `text` that give a model an order; empty when there are none."""
    found = _ORDER.search(text)
    return found[0][:_SHOWN] if found else ""
