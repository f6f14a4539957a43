"""Which tables are seen as rows of people: by a name or number of theirs, by what is asked of them; never counts."""

import pytest
from test_disclosure_small_counts import table

from hxl_kit.disclosure import disclosure, people
from hxl_kit.disclosure.people import candidates
from hxl_kit.disclosure.words import key, last_part


@pytest.mark.parametrize(
    ("header", "keys"),
    [
        ("patient_id,sex,village", {"sex", "village"}),
        ("grp_hh/resp_nm,grp_hh/hh_size,grp_loc/camp", {"grp_hh/hh_size", "grp_loc/camp"}),
        ("Hosp. No,Pt Name,LGA of residence,Outcome", {"LGA of residence"}),
        ("Head of the Fam (Surname),Barangay,No. of pax", {"Barangay", "No. of pax"}),
        ("Nom et prénoms,Né(e) le,Quartier d'affectation", {"Né(e) le", "Quartier d'affectation"}),
        ("Nom & post-nom victime,Sexe,Âge", {"Sexe", "Âge"}),
        ("Primer apellido,F. Nac.,Vereda de salida", {"F. Nac.", "Vereda de salida"}),
        ("اسم المستفيد رباعي,ت. الميلاد,المديرية", {"ت. الميلاد", "المديرية"}),
        ("اسم رب الأسرة,العزلة,عدد الأفراد", {"العزلة", "عدد الأفراد"}),
        ("ПІБ заявника,Дата нар.,Звідки прибув(ла)", {"Дата нар.", "Звідки прибув(ла)"}),
        ("Ф.И.О. главы семьи,Айылный аймак,Национальность", {"Айылный аймак", "Национальность"}),
        ("age,sex,district,displacement", {"age", "sex", "district"}),
        ("sex,religion,village", {"sex", "village"}),
        ("_uuid,age,gender,number of children", {"age", "gender"}),
        ("âge,genre,commune", {"âge", "genre", "commune"}),
        ("возраст,пол,район", {"возраст", "пол", "район"}),
    ],
)
def test_people_are_seen(header, keys):
    named = candidates(header.split(","))
    assert named is not None
    assert keys <= set(named.keys)


@pytest.mark.parametrize(
    "header",
    [
        "adm2_pcode,gender,age_range,population",
        "sex,age_group,indicator,obs_value",
        "country,year,sex,age,deaths",
        "facility_name,district,contact person name,phone",
        "organisation,focal point name,region",
        "ind_code,indicator_name,region,value",
        "Divn,Population (000),Sex ratio,Avg HH size,Muslim %",
        "Région,élèves (G),élèves (F),Signature de la convention",
        "event_date,country,admin1,fatalities",
        "Date,Country,Admin 1,Survivor or Victim Sex,Number of Attacks",
        "village,households,individuals,type of shelter",
        "sector,activity,organisation,district,beneficiaries reached",
        "Организация,Имя проекта,Район,Охвачено",
        "sex,district",
        "district,religious sites,ethnic groups",
        "category,age,year,share",
    ],
)
def test_groups_and_things_are_not(header):
    assert candidates(header.split(",")) is None


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("age,sex,village\n34,f,A\n35,m,B", True),
        ("age,sex,village\n34,f,A\n34,f,A\n61,m,A", True),
        ("age,sex,village,income\n34,f,A,200\n34,f,A,310\n61,m,A,0", True),
        ("age,sex,village,idps\n0-17,f,A,200\n18-59,f,A,310", False),
        ("age,sex,vaccinated\n0-17,f,1\n18-59,f,0", True),
        ("age_group,sex,year,refugees\n0-17,f,2024,12\n0-17,m,2024,20", False),
    ],
)
def test_values_decide_where_names_do_not(text, seen):
    found = {finding.slug for finding in disclosure(table(text), "t")}
    assert ("disclosure-risk" in found) is seen


def test_a_source_that_knows_most_columns_is_believed():
    text = "age,sex,event_id,fatalities\n34,f,1,2\n12,m,2,4"
    assert disclosure(table(text), "t", known=("event_id", "fatalities")) == []


def test_a_group_of_two_is_told():
    lines = ["A,f,0-17"] * 9 + ["A,m,0-17"] * 2
    text = "\n".join(["district,sex,age_group", *lines])
    found = {finding.slug: finding for finding in disclosure(table(text), "t")}
    assert (found["small-group"].severity, found["small-group"].rows) == ("error", (11, 12))


def test_keys_within_short_names():
    assert key("LGA of residence") == "place"
    assert key("grp/hh_size") == "household_size"
    assert key("Is there a school in your village of origin?") == ""
    assert key("girls age 0-5") == ""
    assert key("access to education") == ""
    assert last_part("grp_loc/camp") == "camp"
    assert last_part("M / F") == "M / F"


def test_columns_that_do_not_vary_are_no_keys():
    frame = table("patient_id,sex,village\n1,f,A\n2,f,B")
    assert people(frame).keys == ("village",)


def test_a_single_person_is_told():
    text = "case_no,site,survivor_age\n1,Camp A,16"
    assert {finding.slug for finding in disclosure(table(text), "t")} >= {"disclosure-risk", "small-group"}


def test_an_empty_table_tells_nothing():
    assert disclosure(table("patient_id,sex,age").clear(), "t") == []
