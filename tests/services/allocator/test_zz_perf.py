import asyncio, time, pytest, random
from sqlalchemy import event
from tests.services.allocator.office import Office, at, P1
import datetime as dt

async def test_perf(office: Office):
    grants=[f"G{i:02d}" for i in range(20)]
    await office.pool(*((g,"H100x1") for g in grants), cards=16)
    n=0
    def count(*a): 
        nonlocal n; n+=1
    event.listen(office.client.db.engine.sync_engine,"before_cursor_execute",count)
    h={g: office.client.as_("applicant", organisation_id=f"O-{g}") for g in grants}
    ids=[]
    t=time.perf_counter(); c=time.process_time()
    for k in range(8):
        office.client.clock.set(at("08:00")+dt.timedelta(minutes=k*10))
        ids=[]
        for g in grants:
            r=await office.client.http.post("/v1/sessions",json={"grant_id":g,"units":1,"max_duration_s":3600},headers=h[g]); ids.append((g,r.json()["session_id"]))
        for g,i in ids:
            r=await office.client.http.post(f"/v1/sessions/{i}/release",headers=h[g])
            if r.status_code==409: await office.client.http.post(f"/v1/sessions/{i}/withdraw",headers=h[g])
    el=time.perf_counter()-t
    print("ops",8*40,"s",el,"cpu",time.process_time()-c,"stmts/op",n/320)
