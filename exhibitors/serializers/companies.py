"""How companies, their members and products are shown and given."""

from __future__ import annotations

from typing import Any  # DRF's own signatures

from rest_framework import serializers

from accounts.models import User
from exhibitors.models import Company, CompanyInvite, CompanyMember, Product

# Names, places and words that a company shows to everybody; the rest is for itself and whoever it applied to.
PUBLIC = frozenset(
    {
        "id",
        "version",
        "slug",
        "name_zh",
        "name_en",
        "town",
        "county",
        "category",
        "product_class",
        "founded_on",
        "capabilities",
        "website",
        "story_zh",
        "story_en",
    }
)


class OwnCompanyField(serializers.PrimaryKeyRelatedField[Company]):
    """A company that the person acts for; others are as unknown as those that never were."""

    def get_queryset(self) -> Any:
        """Those of the person who asks."""
        user = self.context["request"].user
        return Company.objects.of(user if isinstance(user, User) else None)


class OwnProductsField(serializers.PrimaryKeyRelatedField[Product]):
    """A product of a company that the person acts for."""

    def get_queryset(self) -> Any:
        """Those of the person who asks."""
        user = self.context["request"].user
        return Product.objects.of(user if isinstance(user, User) else None)


class CompanySerializer(serializers.ModelSerializer[Company]):
    """A company. UBN, address and contact are null but for its members and the coordinators it applied to."""

    county = serializers.CharField(source="town.county_id", read_only=True)
    ubn = serializers.CharField(read_only=True, allow_null=True)
    employees = serializers.IntegerField(read_only=True, allow_null=True)
    address_zh = serializers.CharField(read_only=True, allow_null=True)
    postal_code = serializers.CharField(read_only=True, allow_null=True)
    phone = serializers.CharField(read_only=True, allow_null=True)
    phone_ext = serializers.CharField(read_only=True, allow_null=True)
    email = serializers.CharField(read_only=True, allow_null=True)
    website = serializers.CharField(read_only=True)  # an empty text is no address

    class Meta:
        model = Company
        fields = [
            "id",
            "version",
            "slug",
            "ubn",
            "name_zh",
            "name_en",
            "town",
            "county",
            "category",
            "product_class",
            "founded_on",
            "employees",
            "capabilities",
            "address_zh",
            "postal_code",
            "phone",
            "phone_ext",
            "email",
            "website",
            "story_zh",
            "story_en",
        ]
        read_only_fields = fields

    def to_representation(self, instance: Company) -> dict[str, Any]:
        """Everything for those who may, else what is public."""
        shown = super().to_representation(instance)
        if getattr(instance, "is_known", False):
            return shown
        return {name: value if name in PUBLIC else None for name, value in shown.items()}


class CompanyInput(serializers.ModelSerializer[Company]):
    """What a member may say of the company."""

    class Meta:
        model = Company
        fields = [
            "name_zh",
            "name_en",
            "town",
            "category",
            "product_class",
            "founded_on",
            "employees",
            "capabilities",
            "address_zh",
            "postal_code",
            "phone",
            "phone_ext",
            "email",
            "website",
            "story_zh",
            "story_en",
        ]
        validators: list[Any] = []


class NewCompanyInput(CompanyInput):
    """A company that signs up; the person who asks becomes its owner."""

    ubn = serializers.CharField(max_length=8, required=False, allow_null=True, allow_blank=True)
    email = serializers.EmailField(required=False)

    class Meta(CompanyInput.Meta):
        fields = ["ubn", *CompanyInput.Meta.fields]


class MemberSerializer(serializers.ModelSerializer[CompanyMember]):
    """A person who acts for a company."""

    name = serializers.CharField(source="user.__str__", read_only=True)
    email = serializers.EmailField(source="user.email", read_only=True)

    class Meta:
        model = CompanyMember
        fields = ["id", "name", "email", "role", "created_at"]
        read_only_fields = fields


class InviteSerializer(serializers.ModelSerializer[CompanyInvite]):
    """A person who was asked to act for a company. The link is in the mail alone."""

    class Meta:
        model = CompanyInvite
        fields = ["id", "email", "expires_at"]
        read_only_fields = ["id", "expires_at"]


class LinkInput(serializers.Serializer[Any]):
    """What the link of an invitation bears."""

    token = serializers.CharField(max_length=300)


class ProductSerializer(serializers.ModelSerializer[Product]):
    """What a company makes. Price in whole NT$ with tax."""

    county = serializers.CharField(source="town.county_id", read_only=True)

    class Meta:
        model = Product
        fields = [
            "id",
            "version",
            "company",
            "slug",
            "name_zh",
            "name_en",
            "category",
            "town",
            "county",
            "price",
            "description_zh",
            "description_en",
            "is_retired",
        ]
        read_only_fields = fields


class ProductInput(serializers.ModelSerializer[Product]):
    """What a member may say of a product."""

    class Meta:
        model = Product
        fields = ["name_zh", "name_en", "category", "town", "price", "description_zh", "description_en"]
        extra_kwargs = {"town": {"required": False}}


class NewProductInput(ProductInput):
    """A product to be shown, and whose."""

    company = OwnCompanyField()

    class Meta(ProductInput.Meta):
        fields = ["company", *ProductInput.Meta.fields]
