"""For scrapers that are written with hdx-python-api: plan, atomic commit, verification and journal for a `Dataset`.

```python
from hxl_kit.scraping import plan_dataset, publish_dataset

plan = plan_dataset(dataset, sensitivity="low")
print(plan.as_text())
publish_dataset(dataset, sensitivity="low", plan=plan)
```
The dataset is what a scraper would give to `dataset.create_in_hdx()`. No package.yaml is needed, and no file beside
those of its resources comes to HDX.
"""

from hxl_kit.scraping.publishing import plan_dataset, publish_dataset

__all__ = ["plan_dataset", "publish_dataset"]
