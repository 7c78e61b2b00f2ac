"""Which points of the 468-point face mesh belong to which part of the face.

Indices follow the published MediaPipe face-mesh topology. Right and left are the person's own; a row
called `*_UPPER` or `*_LOWER` runs from the person's right to the person's left.
"""

LIPS_INNER = (78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308, 415, 310, 311, 312, 13, 82, 81, 80, 191)
LIPS_OUTER = (61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 409, 270, 269, 267, 0, 37, 39, 40, 185)

INNER_LOWER = LIPS_INNER[1:10]
INNER_UPPER = LIPS_INNER[:10:-1]
OUTER_LOWER = LIPS_OUTER[1:10]
OUTER_UPPER = LIPS_OUTER[:10:-1]
INNER_CORNERS = (78, 308)
OUTER_CORNERS = (61, 291)

JAW = (172, 136, 150, 149, 176, 148, 152, 377, 400, 378, 379, 365, 397)
CHIN_SKIN = (18, 83, 313, 200, 201, 421, 199, 208, 428, 204, 424, 194, 418, 182, 406, 43, 273, 202, 422)
STILL_SKIN = (2, 98, 327, 49, 279, 50, 280, 117, 346, 205, 425, 36, 266, 132, 361, 58, 288, 6, 168)
"""Nose, cheeks and the corners of the jaw: what speech leaves in place."""

CHIN = 152
BELOW_NOSE = 2
RIGHT_CHEEK = 205
JAW_CORNERS = (132, 361)

EYE_OUTER_CORNERS = (33, 263)
RIGHT_EYE_CORNERS = (33, 133)
LEFT_EYE_CORNERS = (263, 362)
RIGHT_LID_UPPER = (246, 161, 160, 159, 158, 157, 173)
RIGHT_LID_LOWER = (7, 163, 144, 145, 153, 154, 155)
LEFT_LID_UPPER = (398, 384, 385, 386, 387, 388, 466)
LEFT_LID_LOWER = (382, 381, 380, 374, 373, 390, 249)
RIGHT_BROW = (46, 53, 52, 65, 55)
LEFT_BROW = (285, 295, 282, 283, 276)

RIGID = (33, 133, 263, 362, 168, 6, 197, 195, 5, 4, 98, 327, 10, 151, 9, 127, 356, 234, 454)
"""Points that move with the skull only; the pose of the head is fitted on them."""

OVAL = (
    10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377,
    152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
)  # fmt: skip
