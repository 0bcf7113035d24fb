"""The fonts of printed documents: Noto Sans, Noto Sans Arabic, Noto Sans Hebrew, regular and bold.

Data only, under the SIL Open Font License (`OFL.txt`): instances of the variable fonts at weights
400 and 700, without hints. Shipped with the layer that prints and with no function's code. A font
file of a company's own, for letters that these lack, is put here and named in a stage file.
"""
