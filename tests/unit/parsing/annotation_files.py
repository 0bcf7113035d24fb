"""Small files of every format, written as tools and people write them."""

from __future__ import annotations

PRODIGY = (
    b'{"_input_hash":1, "text":"Hi \\ud83d\\ude00 Anna","spans":[{"start":5,"end":9,"label":"PER",'
    b'"score":0.50}],"answer":"accept","_annotator_id":"kim","meta":{"a":1e2}}\r\n'
    b'{"_input_hash":1,"text":"Hi \\ud83d\\ude00 Anna","spans":[],"answer":"accept",'
    b'"_annotator_id":"lee"}\r\n\r\n'
    b'{"_input_hash":2,"text":"good","label":"praise","answer":"reject","_annotator_id":"kim"}\r\n'
    b'{"_input_hash":3,"text":"x","answer":"ignore","_annotator_id":"lee"}'
)
DOCCANO = (
    '{"id":7,"text":"Anna Müller","label":[ [0, 4,"PER"],"praise"],"Comments":[]}\n'
    '{"id":8,"text":"Bonn","entities":[{"id":1,"label":"LOC","start_offset":0,"end_offset":4}]}\n'
).encode()
COCO = b"""{ "info": {"year": 2026, "x": 1.50},
 "images": [{"id": 7, "width": 640, "height": 480.0, "file_name": "a.jpg"}],
 "annotations": [
  {"id": 1, "image_id": 7, "category_id": 2, "bbox": [1.0, 2, 3.50, 4e0], "iscrowd": 0},
  {"id": 1, "image_id": 7, "category_id": 3, "bbox": [10, 20, 30, 40], "segmentation": [[1.10]]}
 ],
 "categories": [{"id": 2, "name": "car"}, {"id": 3, "name": "bus"}] }
"""
LABEL_STUDIO = """[
 {"id": 1, "data": {"text": "Hello Ännchen"}, "annotations": [
  {"id": 9, "completed_by": {"email": "kim@example.com"}, "result": [
   {"id": "r", "type": "labels",
    "value": {"start": 6, "end": 13, "text": "Ännchen", "labels": ["PER"]}},
   {"type": "choices", "value": {"choices": ["praise"]}},
   {"type": "polygonlabels", "value": {"points": [[1, 2]]}}]},
  {"completed_by": 3, "was_cancelled": true, "result": []}]},
 {"id": 2, "data": {"image": "a.jpg"}, "annotations": [
  {"completed_by": 4, "ground_truth": true, "result": [
   {"type": "rectanglelabels", "original_width": 200, "original_height": 100,
    "value": {"x": 10.50, "y": 1, "width": 5, "height": 5.0, "rotation": 0,
     "rectanglelabels": ["Car"]}}]}]}
]""".encode()
TABLE = (
    'item;text;annotator;label;start;end;quote;remark\r\n1;"a; ""b""";kim;PER;0;1;a;=1+1\r\n'
    '1;"a; ""b""";lee;LOC;3;6;"""b""";\r\n2;"two\nlines";"kim";PER;0;3;two;é\r\n'
).encode("cp1252")
EXCEL = b"sep=;\r\nitem;label;x;y;width;height\r\n1;car;1,5;2;3,25;4\r\n1;bus;0;0,5;7;8\r\n"
"""As Excel writes a table where commas are decimal ones."""
CVAT = b"""<?xml version="1.0"?><annotations><meta><task><original_size><width>20</width>
<height>10</height></original_size></task></meta>
<image id="0" name="a.jpg" width="10" height="10">
<box label="car" xtl="1" ytl="2" xbr="3.5" ybr="4" occluded="0"/><tag label="night"/>
<polygon label="x" points="1,2"/></image>
<track id="0" label="bus"><box frame="4" outside="0" xtl="1" ytl="1" xbr="2" ybr="2"/>
<box frame="5" outside="1" xtl="1" ytl="1" xbr="2" ybr="2"/></track></annotations>"""
WRITTEN = {
    "prodigy": PRODIGY,
    "doccano": DOCCANO,
    "coco": COCO,
    "label studio": LABEL_STUDIO,
    "csv": TABLE,
    "csv of Excel": EXCEL,
}
"""Those that can be corrected."""
