"""What a reader of an HTML mail sees: the tree as browsers build it, and no text that is hidden."""
# ruff: noqa: E501 - a document per line reads as the table it is

import pytest

from countersign.parsing.html import TOO_DEEP, UNSEEN, visible_text

_SAID = "We need 12 scanners."


@pytest.mark.parametrize(
    "markup",
    [
        f"<html><head><title>Q</title><body><p>{_SAID}</p>",
        f"<head><meta charset=utf-8><p>{_SAID}",
        f"<html><head><style>p{{color:red}}</style><link rel=x href=y>{_SAID}",
        f"<!DOCTYPE html><title>Q</title>{_SAID}",
        f"<head><script>x</script><div>{_SAID}</div></head>",
        f"<style>.o{{font-size:0}}</style><div class=o><p style='font-size:16px'>{_SAID}</p></div>",
        f"<style>.o{{font-size:0}}.i{{font-size:14px}}</style><div class=o><p class=i>{_SAID}</p></div>",
        f"<style>.o{{visibility:hidden}}#i{{visibility:visible}}</style><div class=o><p id=i>{_SAID}</p></div>",
        f"<style>.o{{display:none}}</style><p class=o style='display:block'>{_SAID}</p>",
        f"<style>p{{display:none}}#i{{display:block}}</style><p id=i>{_SAID}</p>",
        f"<style>p{{display:none}}.a{{display:block}}</style><p class=a>{_SAID}</p>",
        f"<style>div p{{display:none}}</style><div><p>{_SAID}</p></div>",
        f"<style>@media (max-width:9px){{p{{display:none}}}}</style><p>{_SAID}</p>",
        f"<style>.x{{display:none}}.x{{display:block}}</style><p class=x>{_SAID}</p>",
        f"<p style='color:#fff;background:#333'>{_SAID}</p>",
        f"<table bgcolor=black><td style='color:white'>{_SAID}</table>",
        f"<table background=sky.png><td style='color:#ffffff'>{_SAID}</table>",
        f"<div style='background:url(x) #fff;color:#fff'>{_SAID}</div>",
        f"<style>td.h a{{background:navy}}</style><font color=white>{_SAID}</font>",
        f"<div style='background:linear-gradient(#000,#111);color:white'>{_SAID}</div>",
        f"<p style='font:14px/1.5 Arial'>{_SAID}</p>",
        f"<xml><o:OfficeDocumentSettings>96</o:OfficeDocumentSettings></xml><p>{_SAID}</p>",
        f"<p style='filter:opacity(0.9);color:#000f'>{_SAID}</p>",
        f"<p style='color:#fff;-webkit-text-fill-color:#222'>{_SAID}</p>",
        f"<div style='line-height:0;font-size:0'><p style='font-size:14px;line-height:20px'>{_SAID}</p></div>",
        f"<p style='margin-left:-100px'>{_SAID}</p>",
        f"<p style='height:;width:auto;overflow:hidden'>{_SAID}</p>",
        f"<table><p>{_SAID}</table>",
        f"<object data=x>{_SAID}",
        f"<textarea>{_SAID}</textarea>",
        f"<dialog open>{_SAID}</dialog>",
        f"<p style='color:white;background-color:navy'>{_SAID}</p>",
        f"<p style='font-size:calc(14px)'>{_SAID}</p>",
        f"<div style='background:linear-gradient(#fff,#000);color:#fff'>{_SAID}</div>",
    ],
)  # fmt: skip
def test_text_that_browsers_show_is_read(markup: str) -> None:
    """Tags that HTML lets out or closes by itself hide nothing, and what is set again is seen."""
    found = visible_text(markup)
    assert (found.text.strip(), found.defects) == (_SAID, ())


@pytest.mark.parametrize(
    "style",
    [
        "color:#ffffff", "color:white", "color:#FEFEFE", "color:rgb(255, 255, 255)",
        "color:#333;background:#333", "background-color:#000;color:black", "color:rgba(0,0,0,0)",
        "font-size:1px", "font-size:2px", "font-size:1.5pt", "font:0/0 a", "font:1px Arial",
        "color:rgba(255,255,255,.01)", "color:whitesmoke", "color:var(--x, white)", "color:var(--x, var(--y, var(--z, white)))", "letter-spacing:-1em",
        "scale:0", "translate:-9999px", "inset:-9999px auto auto -9999px", "transform:rotateX(90deg)",
        "transform:matrix(0, 0, 0, 0, 0, 0)", "line-height:0", "transform:scale(0)", "transform:translateX(-9999px)",
        "text-indent:-9999px", "position:absolute;left:-5000px", "margin-left:-9999px",
        "clip:rect(0,0,0,0)", "clip:rect(1px, 1px, 1px, 1px)", "clip-path:inset(100%)",
        "opacity:0.01", "max-height:0;overflow:hidden", "width:0px;overflow:hidden", "visibility:hidden",
        "color:#ffffff00", "color:#0000", "color:hsl(0,0%,100%)", "color:hsl(120, 50%, 100%)", "zoom:0",
        "color:#ffff", "color:#ffffffff", "-webkit-text-fill-color:transparent", "filter:opacity(0)",
        "filter: blur(1px) opacity(0%)", "content-visibility:hidden",
        "color:rgb(0 0 0 / 0)", "height:1px;overflow:hidden", "text-indent:100%;overflow:hidden",
        "color:rgb(100% 100% 100%)", "font-size:calc(0px)", "background-color:navy;color:navy",
        "background:linear-gradient(#fff,#fff);color:#fff", "color:teal;background:#008080",
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "shape", ["<p style='{0}'>{1}</p>", "<style>.z{{{0}}}</style><p class=z>{1}</p>"]
)
def test_text_that_nobody_sees_is_left_out_and_noted(style: str, shape: str) -> None:
    """By colour, size or place, inline or by a class: it is not read, and the mail says so."""
    found = visible_text("Hello" + shape.format(style, "secret"))
    assert (found.text.strip(), found.defects) == ("Hello", (UNSEEN,))


@pytest.mark.parametrize(
    "markup",
    [
        "<table bgcolor='#123456'><td><font color='#123456'>secret</font></table>",
        "<body style='background:#000'><div><span style='color:#010101'>secret</span></div>",
        "<div style='background:#fff'><div style='background:#222'><i style='color:#222'>secret",
        "<p style='font-size:0'>secret <b>more</b></p>",
    ],
)
def test_the_nearest_background_counts(markup: str) -> None:
    """The colour is compared with the background that is set around the text."""
    assert "secret" not in visible_text(markup).text


@pytest.mark.parametrize(
    "style", ["display:none", "mso-hide:all", "display:none;font-size:1px", r"d\69splay:none"]
)
def test_a_newsletters_preview_is_left_out_without_a_note(style: str) -> None:
    """What every mail program hides on purpose is no trick."""
    found = visible_text(f"<p style='{style}'>preview</p><p hidden>preview</p>Hello")
    assert (found.text.strip(), found.defects) == ("Hello", ())


@pytest.mark.control
def test_control_the_same_text_in_sight_is_read() -> None:
    """Control: without the style each of these texts is there."""
    assert "secret" in visible_text("<p style='color:#333'>secret</p>").text


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>a:</p><blockquote style='margin:0 0 0 40px;border:none;padding:0px'>b</blockquote>", "a:\nb"),
        ("<p>a:</p><blockquote style='margin-left:40px'>b</blockquote>", "a:\nb"),
        ("<p>a:</p><blockquote style='border-left:2px solid #ccc;margin-left:8px'>b</blockquote>", "a:\n> b"),
        ("<p>a:</p><blockquote type=cite style='margin-left:8px'>b</blockquote>", "a:\n> b"),
        ("<p>a:</p><blockquote class=gmail_quote style='margin:0'>b</blockquote>", "a:\n> b"),
        ("<p>a:</p><blockquote>b</blockquote>", "a:\n> b"),
    ],
)  # fmt: skip
def test_an_indent_is_no_quote(markup: str, text: str) -> None:
    """A blockquote with a margin, no line at its side and no mark of a program is an indent."""
    assert visible_text(markup).text.strip() == text


def test_what_nests_too_deep_is_cut_and_noted() -> None:
    """Building the tree of endless open elements takes a browser minutes; it ends where it must."""
    found = visible_text("Hello" + "<i>" * 50_000 + "there" + "</b>" * 50_000)
    assert (found.text.strip(), found.defects) == ("Hello", (TOO_DEEP,))
