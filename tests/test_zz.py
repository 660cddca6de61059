import pytest, time
from tests.conftest import loaded_rows
import copy
@pytest.mark.django_db
@pytest.mark.parametrize("i", range(3))
def test_c(i, client):
    loaded_rows() if i==0 else None
    if i==0: return
    for rnd in range(2):
        rows=[copy.copy(r) for r in loaded_rows()]
        for m in dict.fromkeys(type(r) for r in rows):
            l=[r for r in rows if type(r) is m]
            t=time.process_time(); m._default_manager.bulk_create(l) if rnd==0 else None; print(m.__name__, len(l), round(time.process_time()-t,4))
    for u in ("/","/faq/upgrade-01/","/search/?q=abc","/credits/check/", "/api/v1/entries/","/no","/admin/login/"):
        client.get(u); t=time.process_time(); client.get(u); print(u, round(time.process_time()-t,4))
