"""Give addresses to the pages about people."""

from django.urls import path

from livingcircle_platform.accounts import own_views as own
from livingcircle_platform.accounts import people_views as people
from livingcircle_platform.accounts import sharing

app_name = "accounts"
urlpatterns = [
    path("me/", own.me, name="me"),
    path("me/data/", own.my_data, name="my_data"),
    path("me/tokens/new/", own.token_new, name="token_new"),
    path("me/tokens/<uuid:token_id>/take-back/", own.token_take_back, name="token_take_back"),
    path("me/links/new/", own.link_new, name="link_new"),
    path("me/links/<uuid:link_id>/take-back/", own.link_take_back, name="link_take_back"),
    path("s/<str:secret>/", sharing.shared, name="shared"),
    path("users/", people.users, name="users"),
    path("users/invite/", people.invite, name="invite"),
    path("users/<uuid:user_id>/", people.user, name="user"),
    path("users/<uuid:user_id>/roles/", people.give_role, name="give_role"),
    path("users/<uuid:user_id>/suspend/", people.suspend, name="suspend"),
    path("users/<uuid:user_id>/resume/", people.resume, name="resume"),
    path("users/<uuid:user_id>/password-link/", people.password_link, name="password_link"),
    path("users/<uuid:user_id>/second-step/", people.drop_second_step, name="drop_second_step"),
    path("roles/<uuid:membership_id>/", people.end_role, name="end_role"),
]
