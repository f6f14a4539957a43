from hxl_kit.reading.packages import *  # noqa
from hxl_kit.reading.packages import _file_problems  # noqa
