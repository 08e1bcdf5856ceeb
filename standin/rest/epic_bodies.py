"""Epics, as the REST API of Premium gives them."""

from standin.entries import Entry
from standin.graphql.work_items import url
from standin.rest.bodies import Body, instant, user
from standin.world import World


def epic(world: World, entry: Entry) -> Body:
    """An epic, alone or in a list."""
    item = entry.item
    api = f"{world.url}/api/v4/groups/{entry.place.id}"
    return {
        "id": entry.id,
        "iid": item.iid,
        "group_id": entry.place.id,
        "parent_id": None,
        "parent_iid": None,
        "title": item.title,
        "description": entry.description,
        "confidential": item.confidential,
        "state": item.state,
        "web_url": url(entry, world),
        "reference": f"&{item.iid}",
        "references": {"short": f"&{item.iid}", "relative": f"&{item.iid}", "full": item.ref},
        "author": user(world, world.account(item.author)),
        "start_date": None,
        "start_date_is_fixed": False,
        "start_date_fixed": None,
        "start_date_from_inherited_source": None,
        "due_date": None,
        "due_date_is_fixed": False,
        "due_date_fixed": None,
        "due_date_from_inherited_source": None,
        "created_at": instant(item.created_at),
        "updated_at": instant(entry.updated_at),
        "closed_at": instant(item.closed_at),
        "labels": sorted(item.labels),
        "upvotes": 0,
        "downvotes": 0,
        "color": "#1068bf",
        "subscribed": False,
        "_links": {
            "self": f"{api}/epics/{item.iid}",
            "epic_issues": f"{api}/epics/{item.iid}/issues",
            "group": api,
            "parent": None,
        },
    }
