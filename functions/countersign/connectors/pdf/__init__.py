"""Printing: papers as PDF, by fpdf2 and HarfBuzz, in the fonts of `functions/fonts`.

Of one function alone, whose layer has both libraries and the fonts. May import `domain` and
`actions`.
"""
